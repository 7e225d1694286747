#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# storage.sh - full, read-only, broken and held storage, with a shim in front of the library's writes.
set -eu
shim=$PWD/build/shim/fullfs.so
mkdir -p build/shim
gcc -shared -fPIC -O1 -Wall -o "$shim" tests/shim/fullfs.c -ldl
exec node tests/storage.mjs build/release/xiangyue "$shim"
