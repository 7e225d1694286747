#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# threads.sh - ThreadSanitizer over everything that crosses threads: HTTP, pool, writer, and whole stories.
set -eu
cd "$(dirname "$0")/../.."
make -s -j"$(nproc)" FLAVOUR=tsan build/tsan/run_tests
# gcc 12's runtime gives up under the kernel's full address randomization
exec setarch -R build/tsan/run_tests http_ store writer pool security_test security_people
