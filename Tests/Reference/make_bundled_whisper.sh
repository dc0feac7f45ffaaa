#!/usr/bin/env bash
# Makes models/whisper/whisper-base/whisper-base-Q5_1.gguf from OpenAI's base.pt.
#
#   Tests/Reference/make_bundled_whisper.sh [base.pt]
#
# Without a file, base.pt is loaded from OpenAI's address, which contains its SHA-256.
set -euo pipefail
cd "$(dirname "$0")/../.."
sha256=ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e
url=https://openaipublic.azureedge.net/main/whisper/models/$sha256/base.pt
folder=models/whisper/whisper-base
source=${1:-.build/base.pt}
if [ ! -f "$source" ]; then curl --fail --location --create-dirs -o "$source" "$url"; fi
echo "$sha256  $source" | sha256sum --check --quiet
mkdir -p "$folder"
.build/release/swiftrag models convert "$source" --type q5_1 --source-url "$url" \
  --out "$folder/whisper-base-Q5_1.gguf"
sha256sum "$folder/whisper-base-Q5_1.gguf"
