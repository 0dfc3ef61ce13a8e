#!/usr/bin/env bash
# Performs the Dockerfile's own steps in a clean Debian root, starts the server there as the image would,
# in a network namespace with nothing but loopback, and asks it for /readyz and one typed answer.
#
#   deploy/prove-image.sh [--mirror URL] [--bind PATH]... [--trust FILE]... [--keep]
#
# --mirror  Debian mirror; debootstrap's own by default
# --bind    a file or folder of this machine that pip or apt need, shown read-only at the same path while
#           building (pip's configuration, a folder of wheels); absent again when the server runs
# --trust   a CA certificate (PEM) that this machine trusts beside Debian's own, for machines behind a proxy
# --keep    leave the root behind and print its path
# The build also sees this machine's PIP_*, *_CA_*, SSL_CERT_* and *_proxy variables.
# Needs root, debootstrap, unshare and python3; about 1 GB under $TMPDIR.
set -euo pipefail

project=$(cd "$(dirname "$0")/.." && pwd)
mirror="" keep="" binds=() trusted=()
while (($#)); do
  case $1 in
    --mirror) mirror=$2; shift 2 ;;
    --bind) binds+=("$2"); shift 2 ;;
    --trust) trusted+=("$2"); shift 2 ;;
    --keep) keep=1; shift ;;
    *) echo "unknown option $1; see the head of $0" >&2; exit 2 ;;
  esac
done
[[ $(id -u) == 0 ]] || { echo "only root can make a Debian root" >&2; exit 1; }
for program in debootstrap unshare python3; do
  command -v "$program" >/dev/null || { echo "$program is not installed" >&2; exit 1; }
done

# All mounts are made in a namespace of this script's own, and are gone with it.
if [[ -z ${ORION_PROOF_ROOT:-} ]]; then
  ORION_PROOF_ROOT=$(mktemp -d -t orion-image-XXXXXX)
  chmod 755 "$ORION_PROOF_ROOT"
  export ORION_PROOF_ROOT
  arguments=(${mirror:+--mirror "$mirror"} ${keep:+--keep})
  for path in "${binds[@]}"; do arguments+=(--bind "$path"); done
  for path in "${trusted[@]}"; do arguments+=(--trust "$path"); done
  status=0
  unshare --mount --propagation private "$0" "${arguments[@]}" || status=$?
  if [[ -n $keep ]]; then echo "the root is $ORION_PROOF_ROOT"; else rm -rf --one-file-system "$ORION_PROOF_ROOT"; fi
  exit "$status"
fi
root=$ORION_PROOF_ROOT
export -n ORION_PROOF_ROOT

workdir=/ user=root from="" command="" health="" environment=()
passed=()
while IFS= read -r -d '' variable; do
  case ${variable%%=*} in PIP_* | *_CA_* | SSL_CERT_* | *_proxy) passed+=("$variable") ;; esac
done < <(env -0)

took() { printf '%6.1f s  %5s MB  %s\n' "$(python3 -c "print($(date +%s.%N) - $1)")" "$(size)" "$2"; }
size() { du -smx "${binds[@]/#/--exclude=$root}" "$root" | cut -f1; }

base() { # the image that FROM names, as far as debootstrap can make it
  [[ $from == debian:12-slim ]] || { echo "FROM $from: only debian:12-slim can be made here" >&2; exit 1; }
  debootstrap --variant=minbase bookworm "$root" ${mirror:+"$mirror"} >"$root.log" 2>&1 || { tail "$root.log"; exit 1; }
  rm -f "$root.log"
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"
  mount -t proc proc "$root/proc"
  mkdir -p "$root/dev/shm"
  mount -t tmpfs -o size=64m tmpfs "$root/dev/shm" # as large as Docker's
  for path in "${binds[@]}"; do
    [[ -d $path ]] && mkdir -p "$root$path" || { mkdir -p "$root${path%/*}"; touch "$root$path"; }
    mount --bind -o ro "$path" "$root$path"
  done
  for path in "${trusted[@]}"; do
    install -D -m 644 "$path" "$root/usr/local/share/ca-certificates/$(basename "${path%.*}").crt"
  done
}

copy() { # COPY sources... target, without what .dockerignore names
  local target=${*: -1} sources=("${@:1:$#-1}") source excluded=()
  [[ $target == /* ]] || target=$workdir/$target
  while IFS= read -r line; do excluded+=(--exclude="${line#\*\*/}"); done <"$project/.dockerignore"
  for source in "${sources[@]}"; do
    if [[ -d $project/$source ]]; then
      mkdir -p "$root/$target"
      tar -C "$project/$source" "${excluded[@]}" -c . | tar -C "$root/$target" --no-same-owner -x
    else
      install -m "$(stat -c %a "$project/$source")" "$project/$source" "$root/$target/$(basename "$source")"
    fi
  done
}

inside() { # a program with its arguments, as the image's user, in its folder, with its environment
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${extra[@]}" "${environment[@]}" \
    chroot --userspec="$user:$user" "$root" /bin/sh -c 'cd "$0" && exec "$@"' "$workdir" "$@"
}

words() { python3 -c 'import json, sys; print("\0".join(json.loads(sys.argv[1])), end="\0")' "$1"; }

step() {
  local name=${1%% *} rest=${1#* } started extra=("${passed[@]}")
  started=$(date +%s.%N)
  case $name in
    FROM) from=$rest; base ;;
    RUN) inside /bin/sh -c "$rest" >"$root/build.log" 2>&1 || { tail -40 "$root/build.log"; exit 1; }; rm "$root/build.log" ;;
    COPY) read -ra parts <<<"$rest"; copy "${parts[@]}" ;;
    WORKDIR) workdir=$rest; mkdir -p "$root$workdir" ;;
    USER) user=$rest ;;
    ENV) read -ra parts <<<"$rest"; environment+=("${parts[@]}") ;;
    CMD) command=$rest ;;
    HEALTHCHECK) health=${rest#*CMD } ;;
    VOLUME | EXPOSE) ;;
    *) echo "the Dockerfile's step $name is not known here" >&2; exit 1 ;;
  esac
  took "$started" "$(cut -c1-80 <<<"$name $rest")"
}

dockerfile=$(python3 - "$project/Dockerfile" <<'PYTHON'
import re, sys
text = re.sub(r"^#.*\n", "", open(sys.argv[1]).read(), flags=re.MULTILINE)
print(re.sub(r"\\\n\s*", " ", text), end="")
PYTHON
)
while IFS= read -r line; do [[ -z $line ]] || step "$line"; done <<<"$dockerfile"

for path in "${binds[@]}"; do umount "$root$path"; done
rm -f "$root/etc/resolv.conf"
mapfile -d '' -t command < <(words "$command")
mapfile -d '' -t health < <(words "$health")
extra=()
umount "$root/proc"
export root user workdir
declare -p command health environment extra >"$root.parts"
declare -f inside >>"$root.parts"
unshare --net --pid --fork --kill-child bash -euo pipefail -s "$root.parts" <<'NAMESPACE'
source "$1"
rm "$1"
mount -t proc proc /proc
mount -t proc proc "$root/proc"
ip link set lo up
started=$(date +%s.%N)
since() { python3 -c "print(f'{$(date +%s.%N) - $started:6.1f} s')"; }
inside "${command[@]}" >"$root/server.log" 2>&1 &
until grep -q '^ORION ready' "$root/server.log"; do
  kill -0 $! 2>/dev/null && [[ $SECONDS -lt 90 ]] || { tail -40 "$root/server.log"; exit 1; }
  sleep 0.1
done
owner=$(stat -c %u "/proc/$(pgrep -o -f '^/opt/orion/.venv/bin/python.* serve')")
echo "$(since)  the ready line, as the user $(grep -oP "^[^:]+(?=:[^:]*:$owner:)" "$root/etc/passwd")"
[[ $owner != 0 ]]
inside "${health[@]}"
echo "$(since)  the health check passes"
link=$(grep -o 'token=[A-Za-z0-9_-]*' "$root/server.log" | head -1)
inside /opt/orion/.venv/bin/python - "${link#token=}" <<'PYTHON'
import json, sys, urllib.request

def ask(path, body=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", **headers}
    with urllib.request.urlopen(urllib.request.Request("http://127.0.0.1:3000" + path, data, headers), timeout=30) as reply:
        return json.load(reply)

print("          /readyz:", ask("/readyz"))
token = ask("/api/v1/auth/sign-in", {"token": sys.argv[1]})["access_token"]
bearer = {"Authorization": f"Bearer {token}"}
session = ask("/api/v1/sessions", {}, **bearer)["id"]
answer = ask(f"/api/v1/sessions/{session}/messages", {"text": "what is seven plus five"}, **bearer)["text"]
print("          seven plus five:", answer)
assert answer == "That is 12.", answer
PYTHON
echo "$(since)  a typed message is answered"
NAMESPACE
echo "          $(size) MB in all, of which $(du -smx "$root/opt/orion/.venv" | cut -f1) MB are .venv"
