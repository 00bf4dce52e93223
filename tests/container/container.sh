# shellcheck shell=bash
# For the scripts beside it: the image, run as Kubernetes runs it, and a database with TLS on a port of this machine.
#
# Images and containers are in build/container, apart from those of this machine. At the script's end nothing is
# left running, and no container is left.

root=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
cd "$root" || exit 1
# To the programs, every variable of this prefix is a setting.
unset "${!AGREEMENTS_@}"
image=localhost/agreements-test
label=agreements.test=$$
scratch=$(mktemp -d "${TMPDIR:-/tmp}/agreements-container.XXXXXX")
load_pid=

say() { printf '\n%s\n' "$*"; }
fail() { printf '\n%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

clean_up() {
  local status=$?
  trap '' INT TERM HUP
  [[ -z $load_pid ]] || kill -KILL "$load_pid" 2>/dev/null || true
  remove_containers || status=1
  deploy/local/database stop --dir "$scratch/db" || status=1
  rm -rf "$scratch"
  exit "$status"
}
remove_containers() {
  local all
  command -v podman >/dev/null || return 0
  mapfile -t all < <(podman ps --all --quiet --filter "label=$label")
  [[ ${#all[@]} -eq 0 ]] || podman rm --force --time 0 "${all[@]}" >/dev/null
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# Says why nothing is tested; in CI that is a failure.
skip() {
  [[ ${CI:-} != true ]] || fail "$*"
  say "SKIPPED: $*"
  exit 0
}

# The storage for this script and deploy/container/build. Two runs would take each other's images away.
use_own_storage() {
  local storage=$root/build/container driver=overlay
  mkdir -p "$storage"
  exec 8>"$storage/lock"
  flock --nonblock 8 || fail "another run uses $storage"
  # An overlay cannot lie on another one, as in a container. vfs copies instead.
  [[ $(stat --file-system --format %T "$storage") != overlayfs ]] || driver=vfs
  cat >"$storage/storage.conf" <<END
[storage]
driver = "$driver"
graphroot = "$storage/storage-$driver"
runroot = "$storage/run"
[storage.options.overlay]
# Else a mount would be left, and nobody could remove build.
skip_mount_home = "true"
END
  export CONTAINERS_STORAGE_CONF=$storage/storage.conf
}

# Builds the image, and sets `limits` to the flags for limits of memory and processes, if containers can have them here.
build_image() {
  local said
  said=$(unshare --mount --pid --ipc --uts --fork true 2>&1) || skip "no containers here: $said"
  use_own_storage
  deploy/container/build --tag "$image"
  podman image prune --force >/dev/null  # Those of earlier builds.
  limits=(--memory 1g --pids-limit 512)
  if ! said=$(run_tool --version 2>&1); then
    limits=()
    run_tool --version >/dev/null 2>&1 || skip "podman cannot run a container here: $said"
    say "without limits of memory and processes, which do not work here: $said"
  fi
}

# As Kubernetes runs it under the standard "restricted", but in this machine's network. Nothing can be written.
# --ulimit: where those of podman are higher than this machine's, runc cannot set them.
run_container() {
  podman --runtime runc --cgroup-manager cgroupfs run --label "$label" --network host --read-only \
    --read-only-tmpfs=false --cap-drop=all --security-opt no-new-privileges --user 65532:65532 \
    --ulimit nofile=4096:4096 --ulimit nproc=4096:4096 "${limits[@]}" --volume "$scratch/etc:/etc/agreements:ro" "$@"
}
run_tool() { run_container --rm --entrypoint /usr/bin/agreementsctl "$image" "$@"; }
run_admin() { run_container --rm --entrypoint /usr/bin/agreements-admin "$image" "$@"; }

# A free port, which another process may take first.
free_port() {
  local port
  for _ in {1..100}; do
    port=$((20000 + RANDOM % 10000))
    if ! (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  fail "no port is free"
}

# Secrets as the manifests mount them, readable by the user of the image, in $scratch/etc.
make_secrets() {
  local certificates=$scratch/certificates etc=$scratch/etc
  deploy/local/certificates "$certificates" operator/probe portal/load
  mkdir -p "$etc"/{tls,policy,database,caller}
  cp "$certificates/server.pem" "$etc/tls/tls.crt"
  cp "$certificates/server.key" "$etc/tls/tls.key"
  cp "$certificates/authority.pem" "$etc/tls/ca.crt"
  cp "$certificates"/load.{pem,key} "$etc/caller"
  cp deploy/local/policy.json "$etc/policy/policy.json"
  cp "$certificates/authority.pem" "$etc/database/ca.crt"
  printf 'serving' >"$etc/database/password"
  printf 'migrating' >"$etc/database/ddl-password"
  chmod -R u=rwX,go=rX "$scratch" "$etc"
}

run_sql() {
  mariadb --no-defaults --user=root --skip-password "--socket=$socket" --skip-column-names --batch "--execute=$1"
}

# A database with TLS and two accounts that need it. Sets `socket`, and `database` to the flags for the server.
start_database() {
  local port
  for attempt in 1 2 3; do
    port=$(free_port)
    # 8>&-: it must not hold the lock.
    socket=$(deploy/local/database start --engine mariadb --dir "$scratch/db" --test --port "$port" \
      --certificates "$scratch/certificates" 8>&-) && break
    [[ $attempt -lt 3 ]] || fail "the database does not start"
  done
  run_sql "CREATE DATABASE agreements CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
    CREATE USER agreements_ddl@'127.0.0.1' IDENTIFIED BY 'migrating' REQUIRE SSL;
    GRANT ALL PRIVILEGES ON agreements.* TO agreements_ddl@'127.0.0.1';
    CREATE USER agreements@'127.0.0.1' IDENTIFIED BY 'serving' REQUIRE SSL;
    GRANT SELECT, INSERT, UPDATE, DELETE ON agreements.* TO agreements@'127.0.0.1'"
  database=("--db_host=127.0.0.1:$port" --db_tls_ca_file=/etc/agreements/database/ca.crt
    --db_password_file=/etc/agreements/database/password)
}

migrate() {
  run_admin migrate "${database[@]}" --db_user=agreements_ddl \
    --db_password_file=/etc/agreements/database/ddl-password
}

# Flags of the server for the secrets' files.
# shellcheck disable=SC2034  # Used by the scripts.
access=(--tls_cert_file=/etc/agreements/tls/tls.crt --tls_key_file=/etc/agreements/tls/tls.key
  --tls_client_ca_file=/etc/agreements/tls/ca.crt --policy_file=/etc/agreements/policy/policy.json)

# agreementsctl of the image with the flags to reach a server over mutual TLS. $1: its port.
call() {
  run_tool --endpoint "localhost:$1" --account acct-1 --certificate-file /etc/agreements/caller/load.pem \
    --key-file /etc/agreements/caller/load.key --authority-file /etc/agreements/tls/ca.crt "${@:2}"
}

# Prints the status of a page, and then its body. $1: port, $2: path. Nothing if nobody listens.
page() {
  local answer
  { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 0
  printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$2" >&3
  answer=$(tr -d '\r' <&3)
  exec 3>&-
  sed -E '1s/^HTTP[^ ]* ([0-9]+).*/\1/; 2,/^$/d' <<<"$answer"
}
status_of() { page "$@" | head -n 1; }

# Waits until a command succeeds. $1: seconds, $2: what is waited for; the rest: the command.
wait_for() {
  local seconds=$1 what=$2 until
  shift 2
  until=$((SECONDS + seconds))
  until "$@"; do
    [[ $SECONDS -lt $until ]] || fail "not within $seconds seconds: $what"
    sleep 0.1
  done
}
is_running() { [[ $(podman inspect --format '{{.State.Running}}' "$1") == true ]]; }
has_ended() { ! is_running "$1"; }
