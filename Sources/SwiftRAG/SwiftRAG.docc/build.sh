#!/usr/bin/env bash
# Builds the documentation of the public module. Warnings are errors.
#
# The symbol graph is extracted from the modules of the debug build, which `make test` has usually
# compiled already; then this takes seconds.
set -euo pipefail
cd "$(dirname "$0")/../../.."
out=.docc-build
rm -rf "$out" && mkdir -p "$out/symbols"

swift build --target SwiftRAG
includes=()
for map in Sources/*/module.modulemap .build/checkouts/*/Sources/*/{,include/}module.modulemap; do
  if [ -f "$map" ]; then includes+=(-I "${map%/*}"); fi
done
for flag in $(pkg-config --cflags-only-I libxml-2.0 openblas); do includes+=(-I "${flag#-I}"); done
swift symbolgraph-extract -module-name SwiftRAG -target "$(uname -m)-unknown-linux-gnu" \
  -I "$(swift build --show-bin-path)/Modules" "${includes[@]}" \
  -minimum-access-level public -output-dir "$out/symbols"
find "$out/symbols" -name '*.json' ! -name 'SwiftRAG.symbols.json' -delete

docc convert Sources/SwiftRAG/SwiftRAG.docc --additional-symbol-graph-dir "$out/symbols" \
  --fallback-display-name SwiftRAG --fallback-bundle-identifier SwiftRAG \
  --warnings-as-errors --output-path "$out/SwiftRAG.doccarchive"
echo "documentation: $out/SwiftRAG.doccarchive"
