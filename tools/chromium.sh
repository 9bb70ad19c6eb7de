#!/bin/sh
# Sees to a Chromium for the browser tests: the system's, Debian's package, or Playwright's own download.
set -eu
python=$1

find_one() { "$python" -c 'import sys; from tests.browser.chromium import found; sys.exit(found() is None)'; }

find_one && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "installing Debian's chromium for the browser tests"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
  find_one && exit 0
fi
echo "The browser tests need a Chromium: install your system's, or run: $python -m playwright install chromium" >&2
exit 1
