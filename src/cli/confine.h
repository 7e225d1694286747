/* SPDX-License-Identifier: Apache-2.0
 * confine.h - the server process gives up what it will never need, so that a hole in it stays
 * small: no other program, no files but its own, no tricks with other processes or the kernel. */
#pragma once
#include "core/core.h"

/* Confines this process and all it starts, for ever:
 * - landlock, when the kernel has it (otherwise one line on stderr): writes only below data_dir;
 *   reads only there and in what libraries need (/usr/share, /usr/lib, some of /etc);
 * - seccomp: running another program, tracing, mounting, changing the user, loading modules and the
 *   like kill the process; memory is never writable and executable;
 * - no_new_privs, no core dump (it would hold personal data).
 * Makes data_dir/tmp and points TMPDIR and SQLITE_TMPDIR at it. Call it after the last thing that
 * needs more, and before the first thread. The signer's key file must lie outside data_dir, where
 * the server cannot read it: E_FORBIDDEN when data_dir/keys exists. E_IO: data_dir cannot be
 * opened; E_UNAVAILABLE: the kernel refuses seccomp. */
enum err confine_server(struct ctx *c, const char *data_dir) MUST_USE;
/* Whether this kernel offers landlock. */
bool confine_has_landlock(void);
