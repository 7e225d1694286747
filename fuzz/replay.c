/* SPDX-License-Identifier: Apache-2.0
 * replay.c - replay FOLDER: every file of FOLDER/NAME/ goes through target NAME, whole and cut
 * short and with single bytes changed. A property that does not hold stops the process. */
#include "fuzz.h"
#include <dirent.h>

enum { INPUT_MAX = 1 << 16 };

static int inputs;

static void variants(const struct fuzz *f, const uint8_t *bytes, size_t n)
{
    static const uint8_t odd[] = { 0, '%', '"', '\n', '-', 0xff, '0' };
    uint8_t copy[INPUT_MAX];
    fuzz_run(f, (struct bytes){ bytes, n });
    size_t step = n / 64 + 1;
    for (size_t at = 0; at < n; at += step) {
        fuzz_run(f, (struct bytes){ bytes, at });
        memcpy(copy, bytes, n);
        copy[at] = odd[at / step % sizeof odd];
        fuzz_run(f, (struct bytes){ copy, n });
    }
    inputs++;
}

static void one_file(const struct fuzz *f, const char *path)
{
    static uint8_t bytes[INPUT_MAX];
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    size_t n = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    variants(f, bytes, n);
}

static int one_folder(const char *folder, const char *name)
{
    char path[600];
    const struct fuzz *f = fuzz_named(name);
    if (!f) {
        printf("fuzz: there is no target %s\n", name);
        return 1;
    }
    snprintf(path, sizeof path, "%s/%s", folder, name);
    DIR *d = opendir(path);
    CHECK(d != NULL);
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s/%s", folder, name, e->d_name);
        one_file(f, path);
    }
    closedir(d);
    return 0;
}

int main(int argc, char **argv)
{
    int bad = 0, targets = 0;
    const char *folder = argc > 1 ? argv[1] : "fuzz/corpus";
    DIR *d = opendir(folder);
    CHECK(d != NULL);
    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.') {
            bad += one_folder(folder, e->d_name);
            targets++;
        }
    closedir(d);
    printf("%d targets\n%d passed, %d failed\n", targets, inputs, bad);
    return bad != 0 || inputs == 0;
}
