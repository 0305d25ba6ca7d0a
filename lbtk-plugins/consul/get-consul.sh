#!/usr/bin/env bash
# get-consul.sh FOLDER: puts the program `consul` into FOLDER, for the tests of this module.
#
# Debian's last release with a package of Consul under a free licence (1.8.7, MPL-2) is bullseye. It
# is taken from the Debian mirror that this machine's own apt uses, by an apt configuration apart, so
# that nothing of the machine changes; it is unpacked, not installed. Needs no root.
set -euo pipefail

fail() {
  echo "get-consul: $*" >&2
  exit 1
}

[ $# = 1 ] || fail "usage: get-consul.sh FOLDER"
mkdir -p "$1" || fail "cannot make the folder $1"
folder=$(cd "$1" && pwd)
[ ! -x "$folder/consul" ] || exit 0

for program in apt-get dpkg-deb dpkg; do
  command -v "$program" >/dev/null || fail "no $program here (expected: a Debian system)"
done

mirror=$(apt-get --print-uris update 2>/dev/null |
  sed -n "s|^'\([^']*/debian\)/*/dists/[^/-]*/InRelease'.*|\1|p" | head -n 1)
[ -n "$mirror" ] || fail "apt here has no Debian mirror among its sources"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/unpacked"
touch "$work/status"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
signed=""
[ ! -f "$keyring" ] || signed="[signed-by=$keyring] "
echo "deb ${signed}$mirror bullseye main" >"$work/sources.list"

bullseye() {
  apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$work/lists" -o Dir::State::status="$work/status" \
    -o Dir::Cache="$work/cache" -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=2 \
    -o Acquire::Languages=none -o APT::Update::Error-Mode=any "$@" >"$work/log" 2>&1
}

bullseye update || fail "no list of bullseye from apt's mirror: $(tail -n 1 "$work/log")"
(cd "$work" && bullseye download consul) ||
  fail "no package consul for $(dpkg --print-architecture) there: $(tail -n 1 "$work/log")"
dpkg-deb -x "$work"/consul_*.deb "$work/unpacked" || fail "its package cannot be unpacked"
mv "$work/unpacked/usr/bin/consul" "$folder/consul" || fail "its package has no program consul"
