#!/usr/bin/env bash
# The heavier checks: against the reference implementations, and against SIGKILL.
# Needs a release build, .venv (`make test-full` makes both) and the shared assets.
# The result of the last run is recorded in RESULTS.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/../.."
assets="${SWIFTRAG_ASSETS:-../shared/assets}"
program=.build/release/swiftrag
python=.venv/bin/python
minilm="$assets/minilm"

step() { printf '\n== %s\n' "$*"; }

step "WordPiece ids against Hugging Face tokenizers"
$python Tests/Reference/wordpiece_differential.py --assets "$assets" \
  --command "$program tokenize --jsonl --model $minilm"
# A directory of multilingual-e5-small, which is not among the assets.
e5="${SWIFTRAG_E5:-}"
if [ -f "$e5/tokenizer.json" ]; then
  step "multilingual-e5-small: unigram ids against Hugging Face tokenizers"
  $python Tests/Reference/unigram_differential.py --assets "$assets" --model "$e5"
  step "multilingual-e5-small: embeddings against sentence-transformers"
  $program models convert "$e5" --type q8_0 --out .build/e5-q8_0.gguf
  $python Tests/Reference/embedding_parity.py --assets "$assets" --model "$e5" \
    --quantised .build/e5-q8_0.gguf
else
  step "multilingual-e5-small: skipped, SWIFTRAG_E5 names no directory"
fi
step "SentencePiece ids against sentencepiece"
$python Tests/Reference/sentencepiece_differential.py --assets "$assets" --program "$program"
step "byte-level BPE ids against Hugging Face tokenizers and llama.cpp"
$python Tests/Reference/byte_level_differential.py --assets "$assets" --program "$program"
step "checkpoints against the gguf, safetensors and torch packages"
$python Tests/Reference/check_checkpoints.py "$minilm/model.safetensors" \
  models/embeddings/all-MiniLM-L6-v2/*.gguf "$assets"/llm/*.gguf "$assets"/tokenizers/*.gguf \
  Tests/Fixtures/torch/{zip,legacy,views,module,whisper}.pt "$assets"/llm/*.pt "$assets"/formats/*.pt*
step "text extracted from documents of each type"
$python Tests/Reference/extraction_recall.py --minimum 0.999
step "pictures against Pillow, torchvision and Hugging Face's processor"
swift build --build-tests
$python Tests/Reference/picture_differential.py --assets "$assets"
step "CLIP ids against open_clip, OpenAI and Hugging Face"
$python Tests/Reference/clip_token_ids.py --assets "$assets" --program "$program"
step "CLIP ViT-B/32 from every layout against its references"
$python Tests/Reference/clip_parity.py
step "the small CLIP on drawings that it has not seen"
$python Tests/Reference/small_clip_eval.py --program "$program"
step "recordings and log-mel against openai-whisper"
$python Tests/Reference/sound_differential.py --assets "$assets"
step "embeddings against sentence-transformers"
$python Tests/Reference/embedding_parity.py
step "STS-B"
$python Tests/Reference/sts_spearman.py
step "XQuAD: the reference, then ours"
$python Tests/Reference/xquad_reference.py --swiftrag
$program eval retrieval --squad "$assets/text/xquad.en.json" --model "$minilm" -q
$program eval retrieval --squad "$assets/text/xquad.en.json" -q
step "refusal"
$program eval refusal --squad "$assets/text/xquad.en.json" -q
$program eval refusal --questions Tests/Fixtures/sample-questions.json \
  --docs Sources/SwiftRAG/SampleLibrary
step "the check of citations"
$program eval support --squad "$assets/text/xquad.en.json" -q
step "the converter's file in llama.cpp"
$python Tests/Reference/llama_cpp_embedding.py
step "the quantisers beside llama.cpp's"
$python Tests/Reference/quantiser_error.py
step "converted language models in llama.cpp"
$python Tests/Reference/check_converter.py
step "language models: logits and greedy text against llama.cpp"
$python Tests/Reference/llama_parity.py
step "Gemma 3 270M: ids, likelihood and greedy text of Google's weights, where they are"
$python Tests/Reference/gemma3_real.py --assets "$assets"
step "pocket Llama: perplexity against llama.cpp"
$python Tests/Reference/pocket_perplexity.py
step "pocket Llama: answers from a generated library"
library="$(mktemp -d)"
trap 'rm -rf "$library"' EXIT
python3 Benchmarks/pocket/pocket_library.py --out "$library"
for passages in 1 3 5; do
  echo "$passages passages"
  $program eval answers --questions "$library/questions.json" --docs "$library/documents" \
    -m Tests/Fixtures/pocket/pocket-Q4_K_M.gguf -k $passages --prompt instructed --passages all -q
done
step "kernels for AVX-VNNI, in the encoding of AVX-512"
Tests/Reference/avxvnni.sh
step "Whisper: layouts, hidden states, logits and transcripts against openai-whisper"
$python Tests/Reference/whisper_parity.py --assets "$assets" --program "$program" \
  --models "${WHISPER_MODELS:-../shared/whisper}"
step "Whisper writes nothing where nobody speaks"
$python Tests/Reference/whisper_silence.py
step "the original system's folder of models"
$python Tests/Reference/models_folder.py --minilm "$minilm"
step "SIGKILL during add"
python3 Tests/Reference/kill_during_add.py --times 100 --program "$program"
