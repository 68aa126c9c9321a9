#!/bin/sh
set -e
case "${1:-}" in
  -* | *.conf) set -- redis-server "$@" ;;
esac
if [ "$1" != redis-server ]; then exec "$@"; fi
if [ "$(id -u)" = 0 ]; then
  exec setpriv --reuid redis --regid redis --init-groups "$0" "$@"
fi
umask 0077
shift
# The official build is compiled with protected mode off; a configuration file has to stay the first argument.
case "${1:-}" in
  "" | -*) exec redis-server --protected-mode no "$@" ;;
esac
config=$1
shift
exec redis-server "$config" --protected-mode no "$@"
