#!/bin/sh
# Makes sure that there is a Chromium for the browser tests; installs Debian's where there is none.
# Its headless shell is optional: with it some tests take half of the time.
set -eu
has() { command -v "$1" >/dev/null; }
has_chromium() {
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [ -n "$name" ] && has "$name"; then return 0; fi
  done
  return 1
}
if has_chromium && { has chromium-headless-shell || [ -n "${CHROMIUM:-}" ]; }; then exit 0; fi
as_root=''
if [ "$(id -u)" != 0 ]; then as_root=sudo; fi
# What is optional must not ask for a password.
if has_chromium && [ -n "$as_root" ]; then as_root='sudo -n'; fi
install() { $as_root apt-get install -y -qq --no-install-recommends "$@"; }

if has apt-get; then
  $as_root apt-get update -qq || true
  has_chromium || install chromium fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji
  has chromium-headless-shell || install chromium-headless-shell || true
fi
if has_chromium; then exit 0; fi
echo 'The browser tests need Chromium. Install it, or set CHROMIUM to where it is.' >&2
exit 1
