#!/usr/bin/env bash
# Speeds beside the peers', as ratios of one run. SPEED.md beside this file records them.
# Needs a release build and .venv (`make bench` makes both). MiniLM is fetched where it is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
program=.build/release/swiftrag
python=.venv/bin/python
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "== sentence embedding"
$python Benchmarks/peers/embedding_speed.py
echo "== CLIP ViT-B/32"
$python Benchmarks/peers/clip_speed.py
echo "== vector search"
$python Benchmarks/peers/vector_search.py --swiftrag "$program" --counts 100000 1000000 --threads 2
echo "== indexing 2,000 documents"
python3 Tests/Reference/make_corpus.py "$work/corpus"
$program bench index "$work/corpus"
echo "== language model: Mistral-7B-shaped Q4_K_M"
$program bench model --arch mistral --size full --type q4_k_m --seed 1 --out "$work/mistral.gguf"
$python Benchmarks/peers/llm_speed.py --model "$work/mistral.gguf"
whisper="${WHISPER_MODELS:-../shared/whisper}"
if [ -f "$whisper/pt/base.pt" ]; then
  echo "== Whisper base"
  .venv-whisper/bin/python Benchmarks/peers/whisper_speed.py --models "$whisper"
else
  echo "== Whisper base: skipped, WHISPER_MODELS names no folder with pt/base.pt, ggml and ct2 (whisper_speed.py)"
fi
