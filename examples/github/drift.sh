#!/bin/sh
# Asks whether the stack STACK has drifted, and keeps exactly one open issue about it while it has.
# Exit codes: 0 in sync, or drifted and the issue says so; else the code of `npm run drift`, which could not tell.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

code=0
npm run --silent drift -- --stack "$STACK" --json >"$folder/drift.json" || code=$?
if [ "$code" -ne 0 ] && [ "$code" -ne 7 ]; then
  echo "error: npm run drift ended with exit code $code; the issue is left as it is" >&2
  exit "$code"
fi

label="drift: $STACK"
earlier=$(gh issue list --state open --label "$label" --json number --jq '.[0].number // empty')

if [ "$code" -eq 0 ]; then
  echo "Stack $STACK is in sync"
  if [ -n "$earlier" ]; then gh issue close "$earlier" --comment "In sync again."; fi
  exit 0
fi

node "$(dirname "$0")/drift-report.mjs" <"$folder/drift.json" >"$folder/body"
cat "$folder/body"
if [ -n "$earlier" ]; then
  gh issue edit "$earlier" --body-file "$folder/body"
else
  gh label create "$label" --force --color FBCA04 --description "The host differs from what the stack declares"
  gh issue create --title "Stack $STACK has drifted" --label "$label" --body-file "$folder/body"
fi
