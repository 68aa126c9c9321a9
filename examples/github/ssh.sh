#!/bin/sh
# Gives the following steps of a job an ssh agent with the deploy key. Reads SSH_KEY, SSH_KNOWN_HOSTS and, from the
# runner, GITHUB_ENV. The key stays in the agent's memory: no file has it.
set -eu
for name in SSH_KEY SSH_KNOWN_HOSTS; do
  eval "value=\${$name-}"
  if [ -z "$value" ]; then
    echo "error: $name is empty; set it in the job's environment (examples/github/README.md)" >&2
    exit 2
  fi
done

mkdir -p -m 700 "$HOME/.ssh"
# Known beforehand: taking whatever key the host shows would be no check at all.
printf '%s\n' "$SSH_KNOWN_HOSTS" >>"$HOME/.ssh/known_hosts"

eval "$(ssh-agent -s)" >/dev/null
printf '%s\n' "$SSH_KEY" | tr -d '\r' | ssh-add -q -
echo "SSH_AUTH_SOCK=$SSH_AUTH_SOCK" >>"$GITHUB_ENV"
