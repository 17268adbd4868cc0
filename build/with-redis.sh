#!/usr/bin/env bash
# Runs a command with a Redis server of its own, which TRPO_REDIS names and which ends with the command. Without redis-server on the path, or with TRPO_REDIS set, runs the command alone.
#   build/with-redis.sh dotnet test -c Release
set -euo pipefail
if [ -n "${TRPO_REDIS:-}" ] || ! command -v redis-server >/dev/null; then
  exec "$@"
fi
folder=$(mktemp -d)
server=
end_server() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
  fi
}
trap 'end_server; rm -rf "$folder"' EXIT
password=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')

# Another server may listen at a port. Only the one that was started here refuses callers without the password and accepts it.
is_own() {
  kill -0 "$server" 2>/dev/null || return 1
  redis-cli -p "$port" ping 2>&1 | grep -q NOAUTH || return 1
  [ "$(REDISCLI_AUTH=$password redis-cli -p "$port" ping 2>&1)" = PONG ]
}
for port in ${TRPO_REDIS_PORTS:-$(seq 26379 26399)}; do
  redis-server --port "$port" --bind 127.0.0.1 --requirepass "$password" --save "" --appendonly no --dir "$folder" --daemonize no >/dev/null 2>&1 &
  server=$!
  for _ in $(seq 50); do
    if is_own; then
      export TRPO_REDIS="127.0.0.1:$port,password=$password"
      break 2
    fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  end_server
done
[ -n "${TRPO_REDIS:-}" ] || echo "No Redis server could be started: each port is taken." >&2
"$@"
