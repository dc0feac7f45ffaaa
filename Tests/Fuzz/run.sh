#!/bin/sh
# Fuzzes each parser for some seconds (default 30), starting from the fixtures of its tests.
# Usage: Tests/Fuzz/run.sh [SECONDS]
#
# A finding ends the run with an error and leaves the input under .build/fuzz/. To look at it:
#   SWIFT_BACKTRACE=enable=no .build/fuzz/release/FuzzCheckpoints .build/fuzz/crash-...
set -eu
cd "$(dirname "$0")/../.."
seconds="${1:-30}"
build=.build/fuzz

# SwiftPM's --sanitize=fuzzer links libFuzzer, but with optimisation it leaves out the coverage
# counters, and the fuzzer is blind without them: "no interesting inputs were found".
SWIFTRAG_FUZZ=1 swift build -c release --sanitize=fuzzer --sanitize=address \
  -Xswiftc -sanitize-coverage=edge,trace-cmp,inline-8bit-counters \
  --scratch-path "$build" --product FuzzCheckpoints

mkdir -p "$build/corpus"
cp Tests/Fixtures/checkpoints/*.gguf Tests/Fixtures/checkpoints/*.safetensors \
  Tests/Fixtures/checkpoints/plain.zip Tests/Fixtures/checkpoints/streamed.zip \
  Tests/Fixtures/checkpoints/wide.zip "$build/corpus"
# Swift's crash handler and the address sanitizer both want the signal.
SWIFT_BACKTRACE=enable=no "$build/release/FuzzCheckpoints" "$build/corpus" \
  -max_total_time="$seconds" -max_len=4096 -rss_limit_mb=2048 -artifact_prefix="$build/" \
  -print_final_stats=1
