#!/bin/sh
# Fetch the Nu HTML checker for the page-quality tests, once. Without npm those tests say that they were skipped.
set -eu
cd "$(dirname "$0")"
wanted=$(sed -n 's/.*"vnu-jar": "\([^"]*\)".*/\1/p' package.json)
if grep -qs "\"version\": \"$wanted\"" node_modules/vnu-jar/package.json; then
    exit 0
fi
if ! command -v npm >/dev/null; then
    echo "npm is not installed, so the HTML checker was not fetched; the HTML of pages will not be checked." >&2
    exit 0
fi
echo "Fetching the HTML checker, once."
# A test may do without it: being offline is said, and is no reason to stop.
npm install --no-package-lock --no-audit --no-fund --silent ||
    echo "The HTML checker could not be fetched; the HTML of pages will not be checked." >&2
