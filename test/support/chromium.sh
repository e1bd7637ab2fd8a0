#!/bin/sh
# Makes sure that there is a Chromium for the browser tests; installs Debian's where there is none.
set -eu
for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
  if [ -n "$name" ] && command -v "$name" >/dev/null; then exit 0; fi
done
if ! command -v apt-get >/dev/null; then
  echo 'The browser tests need Chromium. Install it, or set CHROMIUM to where it is.' >&2
  exit 1
fi
as_root=''
if [ "$(id -u)" != 0 ]; then as_root=sudo; fi
$as_root apt-get update -qq
$as_root apt-get install -y -qq --no-install-recommends chromium fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji
