#!/bin/sh
# Fuzzes each target for some seconds (default 30), starting from the fixtures of its tests.
# Usage: Tests/Fuzz/run.sh [SECONDS]
#
# A finding ends the run with an error and leaves the input under .build/fuzz/. To look at it:
#   SWIFT_BACKTRACE=enable=no .build/fuzz/release/FuzzCheckpoints .build/fuzz/crash-...
set -eu
cd "$(dirname "$0")/../.."
seconds="${1:-30}"
build=.build/fuzz
fixtures=Tests/Fixtures

# fuzz TARGET LONGEST_INPUT SEED... : builds a target and runs it
fuzz() {
  target=$1 longest=$2
  shift 2
  # SwiftPM's --sanitize=fuzzer links libFuzzer, but with optimisation it leaves out the coverage
  # counters, and the fuzzer is blind without them: "no interesting inputs were found".
  SWIFTRAG_FUZZ=1 swift build -c release --sanitize=fuzzer --sanitize=address \
    -Xswiftc -sanitize-coverage=edge,trace-cmp,inline-8bit-counters \
    --scratch-path "$build" --product "$target"
  mkdir -p "$build/corpus-$target"
  cp "$@" "$build/corpus-$target"
  # Swift's crash handler and the address sanitizer both want the signal.
  SWIFT_BACKTRACE=enable=no "$build/release/$target" "$build/corpus-$target" \
    -max_total_time="$seconds" -max_len="$longest" -rss_limit_mb=2048 \
    -artifact_prefix="$build/" -print_final_stats=1
}

fuzz FuzzCheckpoints 6144 "$fixtures"/checkpoints/*.gguf "$fixtures"/checkpoints/*.safetensors \
  "$fixtures"/torch/*.pt "$fixtures"/checkpoints/plain.zip "$fixtures"/checkpoints/streamed.zip \
  "$fixtures"/checkpoints/wide.zip
fuzz FuzzLanguageModels 49152 "$fixtures"/llama/*.gguf "$fixtures"/tokenizers/*.gguf
