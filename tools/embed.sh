#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# embed.sh FILE... - writes the files as C strings: struct migration migrations[] = { { name, text } }.
set -eu
echo '#include "store/migrate.h"'
echo 'const struct migration migrations[] = {'
for f in "$@"; do
    printf '{ "%s",\n' "$(basename "$f" .sql)"
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$/\\n"/' "$f"
    echo '},'
done
echo '};'
echo "const size_t migrations_count = $#;"
