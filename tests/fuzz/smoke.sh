#!/usr/bin/env bash
# Runs every fuzz target for a few seconds: bash tests/fuzz/smoke.sh [SECONDS]
# Starts from the golden vectors, which get further in than noise. Needs cargo-fuzz; without the
# address sanitizer, which finds nothing in code that is not unsafe, a stable toolchain will do.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-10}

if ! command -v cargo-fuzz >/dev/null; then
    if [ "${CI:-}" = true ]; then
        cargo install --quiet --locked cargo-fuzz
    else
        echo "skipped: cargo-fuzz is not installed (cargo install cargo-fuzz)"
        exit 0
    fi
fi

seeds=$(mktemp -d)
trap 'rm -rf "$seeds" "$seeds.log"' EXIT
# The second column of a golden file is a message in hexadecimal.
number=0
for line in $(sed -n 's/^[^#|]*|\([^|]*\)|.*/\1/p' golden/*.txt | tr -d ' '); do
    number=$((number + 1))
    printf '%b' "$(printf '%s' "$line" | sed 's/../\\x&/g')" >"$seeds/$number"
done

cargo run --quiet --package tools -- spec capture >"$seeds/sample"

for target in $(cargo fuzz list); do
    mkdir -p "fuzz/corpus/$target"
    longest=512
    [ "$target" = capture ] && longest=32768
    [ "$target" = book_view ] && longest=2048
    [ "$target" = engine ] && longest=4096
    [ "$target" = journal ] && longest=16384
    [ "$target" = receiver ] && longest=2048
    if ! cargo fuzz run --sanitizer none "$target" "fuzz/corpus/$target" "$seeds" -- \
        -max_total_time="$seconds" -max_len="$longest" >"$seeds.log" 2>&1; then
        tail -n 60 "$seeds.log"
        echo "failed: $target"
        exit 1
    fi
    runs=$(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$seeds.log")
    echo "$target: $runs runs in $seconds s, nothing found"
done
