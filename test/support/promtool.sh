#!/bin/sh
# Checks the alerts of deploy/prometheus and runs their tests, where promtool is installed.
set -eu
cd "$(dirname "$0")/../../deploy/prometheus"
promtool=${PROMTOOL:-promtool}
if ! command -v "$promtool" >/dev/null; then
  echo 'The alerts need promtool. Install Prometheus, or set PROMTOOL to where promtool is.' >&2
  exit 1
fi
"$promtool" check rules alerts.yml
"$promtool" test rules alerts.test.yml
