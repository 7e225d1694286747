/* SPDX-License-Identifier: Apache-2.0
 * banned.h - calls that have a safer way; forced into every file by the Makefile. */
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifndef XY_FUZZ /* clang's own headers use some of these */
#pragma GCC poison strcpy strcat sprintf vsprintf strtok strncpy strncat gets
#pragma GCC poison gmtime localtime ctime asctime atoi atol atoll rand srand tmpnam mktemp
#endif
