#!/usr/bin/env bash
# Builds the documentation of the public module, warnings being errors.
set -euo pipefail
cd "$(dirname "$0")/../../.."
out=.docc-build
rm -rf "$out" && mkdir -p "$out/symbols"
swift build --target SwiftRAG -Xswiftc -emit-symbol-graph -Xswiftc -emit-symbol-graph-dir \
  -Xswiftc "$PWD/$out/symbols" --scratch-path "$out/build"
find "$out/symbols" -name '*.json' ! -name 'SwiftRAG.symbols.json' -delete
docc convert Sources/SwiftRAG/SwiftRAG.docc --additional-symbol-graph-dir "$out/symbols" \
  --fallback-display-name SwiftRAG --fallback-bundle-identifier SwiftRAG \
  --warnings-as-errors --output-path "$out/SwiftRAG.doccarchive"
echo "documentation: $out/SwiftRAG.doccarchive"
