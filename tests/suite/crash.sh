#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# crash.sh - the server is killed again and again while many work with it (XY_KILLS, 200).
set -eu
exec node tests/crash.mjs build/release/xiangyue "${XY_KILLS:-200}"
