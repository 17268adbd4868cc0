#!/usr/bin/env bash
# Runs a command with a PostgreSQL server of its own, which TRPO_POSTGRES names and which ends with the command. Without the server's programs, or with TRPO_POSTGRES set, runs the command alone.
#   build/with-postgres.sh dotnet test -c Release tests/Trpo.Personalizer.Tests
set -euo pipefail
# Debian installs the programs of the server in a folder of their version, which is not on the path.
programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$programs" ] || programs=$(dirname "$(command -v initdb || true)")
if [ -n "${TRPO_POSTGRES:-}" ] || [ ! -x "$programs/initdb" ]; then
  exec "$@"
fi
folder=$(mktemp -d)
chmod 700 "$folder"
server=
end_server() {
  if [ -n "$server" ]; then
    kill -INT "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
  fi
}
trap 'end_server; rm -rf "$folder"' EXIT

# The server refuses to run as root.
as_owner=()
if [ "$(id -u)" = 0 ]; then
  chown postgres "$folder"
  as_owner=(setpriv --reuid=postgres --regid=postgres --clear-groups)
fi
password=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')
printf '%s' "$password" > "$folder/password"
[ "$(id -u)" != 0 ] || chown postgres "$folder/password"
(cd "$folder" && "${as_owner[@]}" "$programs/initdb" -D "$folder/data" -U postgres --pwfile "$folder/password" --auth scram-sha-256 --encoding UTF8 --no-sync >/dev/null)

# Another server may listen at a port. Only the one that was started here accepts the password.
is_own() {
  kill -0 "$server" 2>/dev/null || return 1
  [ "$(PGPASSWORD=$password PGCONNECT_TIMEOUT=2 "$programs/psql" -h 127.0.0.1 -p "$port" -U postgres -Atc 'SELECT 22' 2>/dev/null)" = 22 ]
}
for port in ${TRPO_POSTGRES_PORTS:-$(seq 25432 25452)}; do
  (cd "$folder" && exec "${as_owner[@]}" "$programs/postgres" -D "$folder/data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 >"$folder/log" 2>&1) &
  server=$!
  for _ in $(seq 100); do
    if is_own; then
      export TRPO_POSTGRES="Host=127.0.0.1;Port=$port;Username=postgres;Password=$password;Database=postgres"
      break 2
    fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  end_server
done
[ -n "${TRPO_POSTGRES:-}" ] || echo "No PostgreSQL server could be started: each port is taken." >&2
"$@"
