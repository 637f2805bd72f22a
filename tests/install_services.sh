#!/bin/sh
# Makes sure that PostgreSQL, Redis, Chromium and the fonts tests look at are on this machine.
# On Debian as root it installs what is missing; elsewhere it says in one sentence what to do. Starts nothing.
set -eu

packages="" missing=""
need() { packages="$packages $1" missing="$missing, $2"; }

command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || need postgresql PostgreSQL
command -v redis-server >/dev/null || need redis-server Redis
[ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v google-chrome >/dev/null ||
  [ -d "/Applications/Google Chrome.app" ] || [ -d "/Applications/Chromium.app" ] || need chromium Chromium
if [ -e /etc/debian_version ]; then
  [ -d /usr/share/fonts/truetype/noto ] || need fonts-noto-core "Noto fonts"
fi
[ -n "$packages" ] || exit 0

if [ -e /etc/debian_version ] && [ "$(id -u)" = 0 ]; then
  echo "Installing$packages …"
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086
  apt-get -qq install --yes --no-install-recommends $packages >/dev/null 2>&1 ||
    { apt-get -qq update && apt-get -qq install --yes --no-install-recommends $packages >/dev/null; }
  exit 0
fi
echo "Tests need ${missing#, }: install them (Debian: sudo apt-get install$packages; macOS: brew install postgresql@16 redis, and Chrome), then run this again." >&2
exit 1
