/* SPDX-License-Identifier: Apache-2.0
 * fault.c - see fault.h. */
#include "core/fault.h"

_Thread_local int fault_countdown = -1;
_Thread_local int fault_hits;

bool fault_hit(const char *where)
{
    (void)where; /* a breakpoint here stops at every injected fault */
    if (fault_countdown-- > 0)
        return false;
    fault_countdown = -1;
    fault_hits++;
    return true;
}

bool fault_next(struct fault_loop *f)
{
    if (f->n > 0 && fault_hits == 0) {
        fault_off();
        return false;
    }
    fault_hits = 0;
    fault_countdown = f->n++;
    return true;
}

void fault_off(void)
{
    fault_countdown = -1;
}
