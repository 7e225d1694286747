/* SPDX-License-Identifier: Apache-2.0
 * driver.c - libFuzzer's side: the program's own name says which target to run. */
#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct fuzz *chosen;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    const char *slash = strrchr((*argv)[0], '/');
    chosen = fuzz_named(slash ? slash + 1 : (*argv)[0]);
    CHECK(chosen != NULL);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_run(chosen, (struct bytes){ data, size });
    return 0;
}
