#!/bin/sh
# Checks the alerts of deploy/prometheus and runs their tests, where promtool is installed. With
# --install, takes promtool alone out of Debian's package of Prometheus where there is none.
set -eu
cd "$(dirname "$0")/../.."
unpacked=$PWD/node_modules/.cache/promtool
has() { command -v "$1" >/dev/null; }
find_promtool() {
  for name in "${PROMTOOL:-}" promtool "$unpacked/usr/bin/promtool"; do
    if [ -n "$name" ] && has "$name"; then
      echo "$name"
      return
    fi
  done
}
unpack() {
  as_root=''
  if [ "$(id -u)" != 0 ]; then as_root='sudo -n'; fi
  $as_root apt-get update -qq || true
  folder=$(mktemp -d)
  (cd "$folder" && apt-get download -qq prometheus && dpkg-deb -x prometheus_*.deb unpacked) || true
  if [ -x "$folder/unpacked/usr/bin/promtool" ]; then
    mkdir -p "$unpacked/usr/bin"
    mv "$folder/unpacked/usr/bin/promtool" "$unpacked/usr/bin/"
  fi
  rm -rf "$folder"
}

if [ "${1:-}" = --install ] && [ -z "$(find_promtool)" ] && has apt-get; then unpack; fi
promtool=$(find_promtool)
if [ -z "$promtool" ]; then
  echo 'The alerts need promtool. Install Prometheus, or set PROMTOOL to where promtool is.' >&2
  exit 1
fi
cd deploy/prometheus
"$promtool" check rules alerts.yml
"$promtool" test rules alerts.test.yml hours.test.yml
