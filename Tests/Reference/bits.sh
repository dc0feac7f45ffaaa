#!/usr/bin/env bash
# Prints a SHA-256 of what the own kernels compute on the fixtures: embeddings and logits, one line
# for each model, instruction set and number of threads.
#
#   Tests/Reference/bits.sh SWIFTRAG > bits.txt
#
# Two builds compute the same bits when the files are equal. Set SWIFTRAG_ISA_LIST to limit the
# instruction sets; those that this processor does not have fall back to the best it has.
set -euo pipefail
swiftrag=$(realpath "${1:?usage: bits.sh SWIFTRAG}")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
fixtures=$root/Tests/Fixtures
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
export XDG_CACHE_HOME=$scratch XDG_DATA_HOME=$scratch XDG_CONFIG_HOME=$scratch

python3 - "$fixtures" > sentences.txt <<'PY'
import json, pathlib, sys
library = pathlib.Path(sys.argv[1], "pocket/library/documents")
for path in sorted(library.glob("*.txt")):
    for line in path.read_text().splitlines():
        if line.strip(): print(line.strip())
PY
for i in $(seq 100); do echo -n "$((1 + i * 7 % 46)) "; done > ids.txt

hash_of() { sha256sum "$1" | cut -c1-32; }

for set in ${SWIFTRAG_ISA_LIST:-scalar avx2 avx512 amx}; do
  export SWIFTRAG_ISA=$set
  for threads in 1 2; do
    # The scalar kernels take a minute for what the others do in a second.
    if [ "$set" = scalar ]; then head -8 sentences.txt > texts.txt; else cp sentences.txt texts.txt; fi
    for model in "$root/models/embeddings/all-MiniLM-L6-v2" "$fixtures/bert/tiny" \
      "$root/../shared/assets/minilm"; do
      [ -e "$model" ] || continue
      "$swiftrag" embed --file texts.txt --npy v.npy -m "$model" -t "$threads" -q
      echo "embed $set $threads $(basename "$model") $(hash_of v.npy)"
    done
    for model in "$fixtures"/llama/{llama,mistral,phi3}.gguf "$fixtures/pocket/pocket-Q4_K_M.gguf"; do
      for cache in f32 f16 q8_0; do
        for layout in "" --no-repack; do
          "$swiftrag" bench logits -m "$model" --ids ids.txt --npy v.npy --cache "$cache" \
            -t "$threads" --batch 48 --no-prepared -q $layout > /dev/null
          echo "logits $set $threads $(basename "$model") $cache${layout:+ $layout} $(hash_of v.npy)"
        done
      done
    done
  done
done
