#!/usr/bin/env bash
# Runs inside the empty Debian: bare-inside FOLDER [PART OF THE TESTS]…
set -uo pipefail
cd "$1" || exit 1
shift

READY_WITHIN=300
failures=0
report=''

told() {
  report+="$1"$'\n'
}

failed() {
  failures=$((failures + 1))
  told "FAILED: $1"
}

start_until_ready() {
  local log began=$SECONDS server
  log=$(mktemp)
  (npm ci && exec npm start) > "$log" 2>&1 &
  server=$!
  until grep -q 'Bonheure is ready' "$log"; do
    if ! kill -0 "$server" 2> /dev/null || [ $((SECONDS - began)) -gt "$READY_WITHIN" ]; then
      cat "$log"
      failed "npm ci && npm start was not ready after $((SECONDS - began)) s"
      kill "$server" 2> /dev/null
      return
    fi
    sleep 0.5
  done
  cat "$log"
  told "npm ci && npm start: ready after $((SECONDS - began)) s"
  kill "$server"
  wait "$server"
}

run_tests() {
  local log began=$SECONDS line
  log=$(mktemp)
  if (npm ci && npm test -- "$@") 2>&1 | tee "$log"; then
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
    told "npm ci && npm test${*:+ -- $*}: $((SECONDS - began)) s, ${line:-no closing line}"
    [[ $line == [1-9]* ]] || failed 'no test passed'
  else
    failed "npm ci && npm test${*:+ -- $*}, after $((SECONDS - began)) s"
  fi
}

echo "== node $(node --version), npm $(npm --version), $(python3 --version), $(curl --version | head -n 1 | cut -d' ' -f1,2)"
echo '== npm ci && npm start'
start_until_ready
echo "== npm ci && npm test $*"
run_tests "$@"

echo
printf '%s' "$report"
[ "$failures" -eq 0 ]
