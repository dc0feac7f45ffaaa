#!/bin/sh
# Checks the objects of the targets that are compiled for an instruction set.
#
#   Tests/lint/check_isa_symbols.sh [BUILD_FOLDER]
#
# BUILD_FOLDER holds the targets' .build folders of a release build; without it the
# targets are built. What must hold, and why:
#
# 1. No weak function that other modules might also define. A generic function of the standard
#    library, specialised in such a module, is a weak symbol with AVX code; the linker may keep
#    that copy for the whole program, which then dies on a processor without AVX. Weak functions
#    whose mangled name begins with the module itself are its own and harmless.
# 2. The instructions that the kernels are written for are there. A forgotten flag is no error:
#    `_mm256_fmadd_ps` then becomes eight calls of fmaf.
# 3. No registers beyond the instruction set: no zmm in KernelsAVX2 and KernelsAVXVNNI, and in KernelsAVX512 tile
#    registers (AMX) only in the products that are chosen for them.
# 4. No VEX code in Kernels, which runs before the processor is known.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
if [ $# -ge 1 ]; then
  folder=$1
else
  swift build --package-path "$root" -c release --target Kernels >&2
  folder=$(swift build --package-path "$root" -c release --show-bin-path)
fi

failures=0
fail() {
  echo "check_isa_symbols: $1" >&2
  failures=$((failures + 1))
}

objects() {
  find "$folder/$1.build" -name '*.o' 2>/dev/null | sort
}

# expect MODULE PATTERN WHAT: the module's code holds an instruction that matches.
expect() {
  if ! grep -Eq "$2" "$scratch/$1.asm"; then fail "$1 holds no $3"; fi
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for module in KernelsAVX2 KernelsAVXVNNI KernelsAVX512 Kernels; do
  if [ -z "$(objects "$module")" ]; then
    fail "no objects of $module under $folder"
    continue
  fi
  objects "$module" | xargs objdump -d --no-show-raw-insn > "$scratch/$module.asm"
done

for module in KernelsAVX2 KernelsAVXVNNI KernelsAVX512; do
  [ -f "$scratch/$module.asm" ] || continue
  own="\$s${#module}${module}"
  # nm: W is a weak function or object with a definition, V a weak object (data, no code).
  foreign=$(objects "$module" | xargs nm --defined-only | awk -v own="$own" \
    '$2 == "W" && index($3, own) != 1 { print $3 }' | sort -u)
  for symbol in $foreign; do
    fail "$module defines the weak function $symbol ($(swift demangle --compact "$symbol"))"
  done
  if grep -Eq 'call.*fmaf' "$scratch/$module.asm"; then
    fail "$module calls fmaf: it was compiled without -march"
  fi
done

if [ -f "$scratch/KernelsAVX2.asm" ]; then
  expect KernelsAVX2 'vfmadd[0-9]+ps .*%ymm' 'vfmadd on ymm registers'
  expect KernelsAVX2 'vpmaddwd .*%ymm' 'vpmaddwd on ymm registers'
  expect KernelsAVX2 'vcvtph2ps' 'vcvtph2ps'
  if grep -q '%zmm' "$scratch/KernelsAVX2.asm"; then fail 'KernelsAVX2 uses zmm registers'; fi
fi
if [ -f "$scratch/KernelsAVXVNNI.asm" ]; then
  # objdump marks the VEX form; the other form needs AVX-512.
  expect KernelsAVXVNNI '\{vex\} vpdpbusd .*%ymm' 'VEX-coded vpdpbusd on ymm registers'
  if grep -E 'vpdpbusd' "$scratch/KernelsAVXVNNI.asm" | grep -qv '{vex}'; then
    fail 'KernelsAVXVNNI holds vpdpbusd in the form of AVX-512'
  fi
  if grep -q '%zmm' "$scratch/KernelsAVXVNNI.asm"; then
    fail 'KernelsAVXVNNI uses zmm registers'
  fi
fi
if [ -f "$scratch/KernelsAVX512.asm" ]; then
  expect KernelsAVX512 'vfmadd[0-9]+ps .*%zmm' 'vfmadd on zmm registers'
  expect KernelsAVX512 'vpdpbusd .*%zmm' 'vpdpbusd on zmm registers'
  expect KernelsAVX512 'tdpbsud .*%tmm' 'tdpbsud on tile registers'
  # objdump: ADDRESS <SYMBOL>: before each function; the tiled products are linearTiles...
  for symbol in $(awk '/^[0-9a-f]+ <.*>:$/ { symbol = $2 } /%tmm|tilecfg|tilerelease/ { print symbol }' \
    "$scratch/KernelsAVX512.asm" | sort -u | grep -v linearTiles); do
    fail "KernelsAVX512 uses tile registers in $symbol"
  done
fi
if [ -f "$scratch/Kernels.asm" ] && grep -Eq '%[yzt]mm' "$scratch/Kernels.asm"; then
  fail 'Kernels holds vector code that needs AVX'
fi

if [ "$failures" -gt 0 ]; then
  echo "check_isa_symbols: $failures failures" >&2
  exit 1
fi
echo "check_isa_symbols: KernelsAVX2, KernelsAVXVNNI and KernelsAVX512 are clean"
