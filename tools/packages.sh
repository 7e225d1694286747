#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# packages.sh run|test|bench - installs what is missing of Debian's packages and the web build's; says what it does.
set -eu
cd "$(dirname "$0")/.."
build="gcc make pkg-config git ca-certificates libmicrohttpd-dev libsqlite3-dev libpq-dev libsodium-dev libssl-dev libjansson-dev libicu-dev libpango1.0-dev libcairo2-dev libqrencode-dev libxlsxwriter-dev liboath-dev libcurl4-openssl-dev libmagic-dev libseccomp-dev zlib1g-dev fonts-noto-cjk"
check="check chromium postgresql-15 nginx-light tidy poppler-utils sqlite3 curl unzip"
want=$build
[ "$1" = test ] && want="$build $check"
[ "$1" = bench ] && want="$build wrk"
command -v node >/dev/null 2>&1 || want="$want nodejs npm"
missing=
for p in $want; do
    dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
if [ -n "$missing" ]; then
    echo "installing:$missing" >&2
    root=
    [ "$(id -u)" = 0 ] || root=sudo
    $root apt-get -qq update >&2
    $root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $missing >&2
fi
stamp=web/node_modules/.stamp
if [ ! -f $stamp ] || [ web/package-lock.json -nt $stamp ]; then
    echo "installing the web build's packages" >&2
    (cd web && npm ci --no-audit --no-fund --loglevel=error >&2)
    touch $stamp
fi
