#!/bin/sh
# Previews the stack STACK and keeps one comment about it on the pull request PULL_REQUEST. Exit code: the preview's.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

code=0
npm run --silent pulumi -- preview --stack "$STACK" --diff --non-interactive --suppress-progress --color never \
  >"$folder/preview" 2>&1 || code=$?
cat "$folder/preview"

marker="<!-- onehost preview of $STACK -->"
if [ "$code" -eq 0 ]; then title="Preview of stack \`$STACK\`"; else title="Preview of stack \`$STACK\` **failed**"; fi
{
  echo "$marker"
  echo "### $title"
  echo
  # The fence is longer than any that a preview holds. GitHub takes 65,536 characters; the end, with the sum, matters most.
  echo '~~~~~~~~~~diff'
  if [ "$(wc -c <"$folder/preview")" -gt 60000 ]; then echo "… the beginning is left out, see the job's log"; fi
  tail -c 60000 "$folder/preview" | iconv -c -f UTF-8 -t UTF-8
  echo
  echo '~~~~~~~~~~'
} >"$folder/comment"

comments="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments"
earlier=$(gh api --paginate "$comments" --jq ".[] | select(.body | startswith(\"$marker\")) | .id" | head -n 1)
if [ -n "$earlier" ]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$earlier" --field "body=@$folder/comment"
else
  gh api --silent --method POST "$comments" --field "body=@$folder/comment"
fi
exit "$code"
