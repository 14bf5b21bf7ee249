#!/usr/bin/env bash
# Starts the services, sends requests to them, also from one to another, and ends them.
set -euo pipefail

dir=$(cd "$(dirname "$0")" && pwd)
processes=()
trap '[ ${#processes[@]} -eq 0 ] || kill "${processes[@]}" 2>/dev/null || true' EXIT

# start NAME OPTION...: starts a program, and sets `port` to the one that it listens on.
start() {
  local name=$1 line
  shift
  exec {out}< <(exec "$dir/$name" "$@")
  processes+=($!)
  read -r -t 60 line <&"$out"
  port=${line##*:}
  [[ $line == "listening on http://127.0.0.1:$port" ]]
}

# get PORT PATH: prints the response.
get() {
  local connection
  exec {connection}<>"/dev/tcp/127.0.0.1/$1"
  printf 'GET %s HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n' "$2" >&"$connection"
  cat <&"$connection"
  exec {connection}>&-
}

# expect TEXT PORT PATH
expect() {
  local response
  response=$(get "$2" "$3")
  [[ $response == *"$1"* ]] || {
    printf 'expected: %s\ngot: %s\n' "$1" "$response"
    exit 1
  }
}

for version in p2 p3; do
  suffix=${version#p2}
  start "serve${suffix:+_$suffix}" --addr 127.0.0.1:0
  server=$port
  expect '{"greeting":"Hello, Ada!"}' "$server" /greetings/Ada
  start "upstream_client_$version" "--config=upstream=http://127.0.0.1:$server/greetings/Ada"
  expect '"status":200' "$port" /upstream
  expect 'Hello, Ada!' "$port" /upstream
done

# They end when they are asked to.
for process in "${processes[@]}"; do
  kill -TERM "$process"
  wait "$process"
done
processes=()
