#!/bin/sh
# Runs the tests of the kernels for AVX-VNNI on a processor with AVX-512.
#
#   Tests/Reference/avxvnni.sh
#
# Both instruction sets have the same `vpdpbusd` on 256 bits, in two encodings. This compiles the
# sources of KernelsAVXVNNI with the encoding of AVX-512, into a build folder of its own, and runs the
# kernels' tests, which compare them with the scalar twins bit for bit. That the real build holds the
# other encoding is checked by Tests/lint/check_isa_symbols.sh.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
if ! grep -q avx512_vnni /proc/cpuinfo; then
  echo "avxvnni.sh: this processor lacks AVX-512 VNNI; skipped"
  exit 0
fi
SWIFTRAG_AVXVNNI_AS_AVX512=1 swift test --package-path "$root" \
  --scratch-path "$root/.build/avxvnni" --filter KernelsTests
