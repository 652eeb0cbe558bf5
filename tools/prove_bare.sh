#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Proves the one door on a bare system: a minimal Debian tree, a clone of the last commit, and what a stranger types.
#
#   tools/prove_bare.sh bookworm|trixie [demo|test]     both parts unless one is named
#
# demo: as an ordinary account `./run` names the missing packages; root types that very line; `./run` then serves, and
#       every sign-in link leads to a page; a second start does the same without any network, and its seconds are printed.
# test: root types `./run test`, which brings Chromium, PostgreSQL and Redis, and passes.
#
# Needs root, mmdebstrap, unshare and ip. Mirrors are those of this machine: apt's and mmdebstrap's own settings, pip's and
# npm's settings and the certificates named by PIP_CERT and NODE_EXTRA_CA_CERTS are carried into the tree, which is removed
# at the end (KEEP=1 keeps it). The network is shared, so PORT (default 18432) must be free.
set -euo pipefail

suite=${1:?name the suite: bookworm or trixie}
part=${2:-both}
port=${PORT:-18432}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# In namespaces of its own, so that every mount and every process is gone when this ends, however it ends.
if [ -z "${YOUYIN_PROVING:-}" ]; then
  [ "$(id -u)" -eq 0 ] || { echo "tools/prove_bare.sh must be started by root" >&2; exit 1; }
  tree=$(mktemp -d "${TMPDIR:-/tmp}/youyin-$suite.XXXXXX")
  trap '[ -n "${KEEP:-}" ] || rm -rf --one-file-system "$tree"' EXIT
  YOUYIN_PROVING=$tree unshare --mount --pid --fork --kill-child -- "${BASH_SOURCE[0]}" "$@"
  exit
fi
tree=$YOUYIN_PROVING

say() { printf '\n== %s: %s\n' "$suite" "$*"; }
fail() { printf '\n== %s: FAILED: %s\n' "$suite" "$*" >&2; exit 1; }
seconds() { date +%s; }

# ------------------------------------------------------------------------------------------------------------ the tree

make_tree() {
  say "makes a minimal tree"
  # Repository dates of a frozen mirror may lie in the past; whoever needs that has said so to apt.
  apt-config dump | grep -E '^Acquire::(Check-(Valid-Until|Date)|https?::(Proxy|Timeout)|Retries)\b' >"$tree.apt" || true
  mmdebstrap --quiet --variant=minbase --aptopt="$tree.apt" "$suite" "$tree"
  rm -f "$tree.apt"
  cp -L /etc/resolv.conf /etc/hosts "$tree/etc/"
  mount --make-rprivate /
  mount --bind "$tree" "$tree"
  mount -t proc proc "$tree/proc"
  mount --rbind /dev "$tree/dev"
  mount -t tmpfs tmpfs "$tree/tmp"
  # Packages shall not start services in a tree.
  printf '#!/bin/sh\nexit 101\n' >"$tree/usr/sbin/policy-rc.d"
  chmod 755 "$tree/usr/sbin/policy-rc.d"
  chroot "$tree" useradd --create-home --home-dir /srv/guest --shell /bin/sh guest
  git clone --quiet --no-hardlinks "$root" "$tree/srv/guest/youyin"
  chroot "$tree" chown -R guest:guest /srv/guest
}

environment=(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 TERM=dumb)

# Tell pip and npm in the tree what they are told on this machine; nothing of it is written into the clone.
carry_settings() {
  local name address bundle
  for name in PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_TRUSTED_HOST PIP_DEFAULT_TIMEOUT npm_config_registry http_proxy https_proxy no_proxy; do
    if [ -n "${!name:-}" ]; then environment+=("$name=${!name}"); fi
  done
  if [ -z "${PIP_INDEX_URL:-}" ] && address=$(python3 -m pip config get global.index-url 2>/dev/null); then
    environment+=("PIP_INDEX_URL=$address")
  fi
  if [ -z "${npm_config_registry:-}" ] && address=$(npm config get registry 2>/dev/null); then
    environment+=("npm_config_registry=$address")
  fi
  bundle=${PIP_CERT:-${NODE_EXTRA_CA_CERTS:-}}
  if [ -n "$bundle" ]; then
    install -m 644 "$bundle" "$tree/certificates-of-the-host.pem"
    environment+=(PIP_CERT=/certificates-of-the-host.pem NODE_EXTRA_CA_CERTS=/certificates-of-the-host.pem)
  fi
}

# enter ACCOUNT: set `inside` to the words that run the shell line after them in the tree. The tree becomes the root of
# a mount namespace rather than a chroot, in which Linux refuses namespaces to ordinary accounts: that is no bare system.
enter() {
  local home=/srv/guest
  if [ "$1" = root ]; then home=/root; fi
  # shellcheck disable=SC2016 # the inner shell expands
  inside=(unshare --mount --propagation private -- sh -c
    'cd "$1" && pivot_root . mnt && cd / && umount -l /mnt && shift && exec "$@"' enter "$tree"
    setpriv "--reuid=$1" "--regid=$1" --init-groups env -i "${environment[@]}" "HOME=$home" sh -c)
}

# as ACCOUNT COMMAND...: run a shell line in the clone.
as() {
  local inside
  enter "$1"
  shift
  "${inside[@]}" "cd /srv/guest/youyin && $*"
}

# ------------------------------------------------------------------------------------------------------------ the demo

# visit_demo SECONDS: start as the ordinary account, wait for pages, try every link that was printed, and stop.
visit_demo() {
  local patience=$1 begin log=$tree/var/log/demo.log server inside
  begin=$(seconds)
  enter guest
  # Started without a shell of ours in between, so that the signal at the end reaches it.
  "${inside[@]}" "cd /srv/guest/youyin && exec ./run --port $port" >"$log" 2>&1 &
  server=$!
  until as guest "exec .venv/bin/python tools/visit_roles.py --alive http://127.0.0.1:$port" 2>/dev/null; do
    kill -0 "$server" 2>/dev/null || { cat "$log"; fail "./run ended by itself"; }
    [ $(($(seconds) - begin)) -lt "$patience" ] || { cat "$log"; fail "no page after $patience seconds"; }
    sleep 0.5
  done
  say "pages answer after $(($(seconds) - begin)) seconds"
  # The links are printed by the process that has just seen the first page answer.
  sleep 1
  as guest "exec .venv/bin/python tools/visit_roles.py /var/log/demo.log" || { cat "$log"; fail "a role has no page"; }
  kill -TERM "$server"
  wait "$server" || { tail "$log"; fail "./run did not end cleanly when asked"; }
  if grep -E '"level": "(error|critical)"|"event": "previews.refused"' "$log"; then fail "the log speaks of faults"; fi
}

prove_demo() {
  local line
  say "as an ordinary account, with packages missing"
  if as guest "./run" 2>"$tree/tmp/refusal"; then fail "./run started without its packages"; fi
  cat "$tree/tmp/refusal"
  line=$(sed -n 's/^  sudo //p' "$tree/tmp/refusal" | sed 's/&& sudo/\&\&/')
  [ -n "$line" ] || fail "the refusal names no line to type"

  say "root types that line"
  as root "export DEBIAN_FRONTEND=noninteractive; $line" >"$tree/tmp/apt.log" 2>&1 || { tail "$tree/tmp/apt.log"; fail "the line does not work"; }

  say "first start"
  visit_demo 900
  say "second start, in a network that has nothing but this machine"
  YOUYIN_STAGE=offline unshare --net -- "${BASH_SOURCE[0]}" "$suite" || fail "the second start"
}

prove_test() {
  local begin
  say "root types ./run test"
  begin=$(seconds)
  as root "git config --global --add safe.directory '*' 2>/dev/null; CI=true ./run test </dev/null" || fail "./run test"
  say "./run test took $(($(seconds) - begin)) seconds, packages included"
}

if [ "${YOUYIN_STAGE:-}" = offline ]; then
  ip link set lo up
  carry_settings
  visit_demo 60
  exit
fi

make_tree
carry_settings
case $part in
  demo) prove_demo ;;
  test) prove_test ;;
  both)
    prove_demo
    prove_test
    ;;
  *) fail "there is no part '$part': demo or test" ;;
esac
say "proved ($part)"
