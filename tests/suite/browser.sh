#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# browser.sh - a real browser against a real server with the demonstration: the errand from the first
# word to the rating, without JavaScript, by keyboard, in elder mode, on paper; screenshots and axe.
set -eu
cd "$(dirname "$0")/../.."
make -s FLAVOUR=release all web
dir=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null || :; wait "$pid" 2>/dev/null || :; rm -rf "$dir"' EXIT
build/release/xiangyue demo "$dir/demo" 2>/dev/null
build/release/xiangyue serve --port 0 --no-rates "$dir/demo" >"$dir/out" 2>"$dir/err" &
pid=$!
for i in $(seq 100); do grep -q '^ready' "$dir/out" && break; sleep 0.1; done
url=$(sed -n 's/^ready //p' "$dir/out")
status=0
for story in public story tell register staff; do
	node "tests/browser/$story.mjs" "$url" "$dir/demo/demo-accounts.csv" build/shots >"$dir/$story" || status=$?
	grep -v ' passed, ' "$dir/$story" || :
done
[ "$status" = 0 ] || cat "$dir/err"
cat "$dir/public" "$dir/story" "$dir/tell" "$dir/register" "$dir/staff" | awk '/ passed, / { p += $1; f += $3 } END { print p " passed, " f " failed" }'
exit "$status"
