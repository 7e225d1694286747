/* SPDX-License-Identifier: Apache-2.0
 * pg.h - a private PostgreSQL server for one run of the tests: a new cluster in the run's own
 * folder, reachable by a socket there only, gone when the run ends or dies. */
#pragma once
#include <stdbool.h>

/* The run's own folder (XY_TEST_DIR), made now. The process that made it removes it. */
void run_dir_make(void);
void run_dir_remove(void);

/* Starts a server and puts its address into XY_TEST_PG; with an XY_TEST_PG given from outside that
 * server is used. False, with a loud line, when PostgreSQL is not installed or does not start. */
bool pg_start(void);
void pg_stop(void);
