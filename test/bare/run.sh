#!/usr/bin/env bash
# Runs both commands of the README in an empty Debian 12: nothing but Node 20, npm, python3 with pip, and curl.
#   npm run bare                         both commands, the whole of the tests
#   npm run bare -- test/web/console     the second with a part of the tests: what follows is given to npm test
#   AS=newcomer npm run bare             by a user that is not root
#   FOLDER='/home/un été' npm run bare   in that folder
#   KEEP=1 npm run bare                  leaves the root of that Debian, and says where
set -euo pipefail
cd "$(dirname "$0")/../.."

NODE=20.20.2
NPM=10.9.9
MIRROR=${MIRROR:-http://deb.debian.org/debian}

give_up() {
  echo "npm run bare: $1" >&2
  exit 1
}

[ "$(id -u)" -eq 0 ] || give_up 'it makes a root and enters it: run it as root.'
for program in debootstrap unshare chroot git npm; do
  command -v "$program" > /dev/null || give_up "$program is missing: apt-get install debootstrap util-linux coreutils git npm."
done
case "$(uname -m)" in
  x86_64) arch=x64 ;;
  aarch64) arch=arm64 ;;
  *) give_up "there is no Node for $(uname -m)." ;;
esac

root=$(mktemp -d "${TMPDIR:-/tmp}/bonheure-bare-XXXXXX")
# PostgreSQL runs as a user that is not root, below it.
chmod 755 "$root"
log="$root.log"
leave() {
  # What was mounted went with its namespace.
  if [ -n "${KEEP:-}" ]; then
    echo "Kept: $root"
  else
    rm -rf --one-file-system "$root"
  fi
  rm -f "$log"
}
trap leave EXIT

quietly() {
  "$@" > "$log" 2>&1 || { tail -n 20 "$log" >&2; give_up "this failed: $*"; }
}

echo "== an empty Debian 12 in $root"
quietly debootstrap --variant=minbase --include=ca-certificates,curl,python3,python3-pip bookworm "$root" "$MIRROR"
quietly npm install --global --ignore-scripts --prefix "$root/usr/local" "node-linux-$arch@$NODE" "npm@$NPM"

# How this machine reaches the network and the registries.
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
for place in /etc/ssl/certs /usr/local/share/ca-certificates /etc/pip.conf; do
  [ ! -e "$place" ] || { rm -rf "${root:?}$place" && cp -RL "$place" "$root$place"; }
done
npm config list --json | node -e '
  const all = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  for (const name of ["registry", "cafile", "proxy", "https-proxy", "noproxy"])
    for (const value of [all[name] ?? ""].flat()) if (value !== "") console.log(`${name}=${value}`);
' > "$root/usr/local/etc-npmrc"
mkdir -p "$root/usr/local/etc"
mv "$root/usr/local/etc-npmrc" "$root/usr/local/etc/npmrc"

user=${AS:-root}
[ "$user" = root ] || quietly chroot "$root" useradd --create-home "$user"
home=$(chroot "$root" sh -c "echo ~$user")
folder=${FOLDER:-$home/bonheure}
quietly git clone --quiet --no-local --depth 1 "file://$PWD" "$root$folder"
cp test/bare/inside.sh "$root/usr/local/bin/bare-inside"
chroot "$root" chown -R "$user:" "$folder"

mapfile -t settings < <(env | grep -E '^(PIP_|PORT=|CHROMIUM=|NODE_EXTRA_CA_CERTS=|SSL_CERT_|REQUESTS_CA_BUNDLE=|CURL_CA_BUNDLE=|https?_proxy=|HTTPS?_PROXY=|no_proxy=|NO_PROXY=)' || true)

echo "== inside, as $user in $folder"
# All that is started there ends with it.
unshare --mount --pid --fork --kill-child bash -c '
  set -euo pipefail
  mount -t proc proc "$0/proc"
  mount --rbind /dev "$0/dev"
  # A memory of its own, as a container has: nothing stays in that of the machine.
  mount -t tmpfs tmpfs "$0/dev/shm"
  exec chroot "$0" "$@"
' "$root" /usr/bin/env -i "${settings[@]}" PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME="$home" LANG=C.UTF-8 \
  /bin/sh -c 'exec setpriv --reuid="$0" --regid="$0" --init-groups --inh-caps=-all -- bash /usr/local/bin/bare-inside "$@"' \
  "$user" "$folder" "$@"
