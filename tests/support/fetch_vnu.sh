#!/bin/sh
# Fetch the Nu HTML checker for the page-quality tests, the calendar reader ical.js and oidc-provider, once. Without npm
# those tests say that they were skipped.
set -eu
cd "$(dirname "$0")"
there() {
    wanted=$(sed -n "s/.*\"$1\": \"\([^\"]*\)\".*/\1/p" package.json)
    grep -qs "\"version\": \"$wanted\"" "node_modules/$1/package.json"
}
if there vnu-jar && there ical.js && there oidc-provider; then
    exit 0
fi
if ! command -v npm >/dev/null; then
    echo "npm is not installed, so the HTML checker and the calendar reader were not fetched; pages and calendar files will not be checked by them." >&2
    exit 0
fi
echo "Fetching the HTML checker and the calendar reader, once."
# A test may do without them: being offline is said, and is no reason to stop.
PUPPETEER_SKIP_DOWNLOAD=1 npm install --no-package-lock --no-audit --no-fund --silent ||
    echo "The HTML checker and the calendar reader could not be fetched; pages and calendar files will not be checked by them." >&2
