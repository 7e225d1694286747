/* SPDX-License-Identifier: Apache-2.0
 * slowsync.c - preloaded before the server: every fsync and fdatasync takes 4 ms longer, as on a
 * disk whose cache is honest. For the bench only, because disks of virtual machines answer in a
 * tenth of that. poll() does the sleeping: the confined server may call it. */
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { EXTRA_MS = 4 };

int fsync(int fd)
{
    poll(NULL, 0, EXTRA_MS);
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    poll(NULL, 0, EXTRA_MS);
    return (int)syscall(SYS_fdatasync, fd);
}
