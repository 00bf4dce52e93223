# shellcheck shell=bash
# For the scripts beside it: the real server on a fresh schema of the test database. At the script's end the server is
# told to stop and the schema is dropped; a server that does not end well makes the script fail.

db_socket=${AGREEMENTS_TEST_DB_SOCKET:?"is not set: run tests through tests/run"}
# To the programs, every variable of this prefix is a setting.
unset "${!AGREEMENTS_@}"

schema=e2e_$$
scratch=$(mktemp -d "${TMPDIR:-/tmp}/agreements-e2e.XXXXXX")
server_pid=
access_flags=(--insecure)  # Or flags for TLS and the policy.

fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

run_sql() {
  mariadb --no-defaults --user=root --skip-password "--socket=$db_socket" "--execute=$1"
}

stop_server() {
  local status=0
  [[ -n $server_pid ]] || return 0
  kill -TERM "$server_pid" 2>/dev/null || true
  wait "$server_pid" || status=$?
  server_pid=
  if [[ $status -ne 0 ]]; then
    cat "$scratch/server.log" >&2
    echo "${0##*/}: the server ended with status $status" >&2
  fi
  return "$status"
}

clean_up() {
  local status=$?
  trap '' INT TERM HUP
  stop_server || status=1
  run_sql "DROP DATABASE IF EXISTS $schema" || status=1
  rm -rf "$scratch"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# $1: agreements-server, $2: agreements-admin; further flags of the server. Sets `address` to where it serves.
start_server() {
  local database=("--db_socket=$db_socket" --db_user=root "--db_name=$schema")
  run_sql "CREATE DATABASE $schema"
  "$2" migrate "${database[@]}"
  : >"$scratch/server.log"
  # setpriv: when this script is killed outright, the server ends too.
  setpriv --pdeathsig TERM "$1" --listen=127.0.0.1:0 --http_listen=127.0.0.1:0 --drain_delay=0s --log_format=text \
    "${access_flags[@]}" "${database[@]}" "${@:3}" </dev/null >"$scratch/server.log" 2>&1 &
  server_pid=$!
  for ((i = 0; i < 600; i++)); do
    address=$(sed -n 's/.*serving on //p' "$scratch/server.log")
    [[ -z $address ]] || return 0
    kill -0 "$server_pid" 2>/dev/null || break
    sleep 0.1
  done
  cat "$scratch/server.log" >&2
  fail "the server does not serve"
}
