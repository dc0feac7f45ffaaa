#!/usr/bin/env python3
"""Writes Tests/Fixtures/whisper/token-ids.json: ids of openai-whisper's tokenizers.

    .venv/bin/python Tests/Reference/make_whisper_token_ids.py

The texts are made from a seed by differential_texts.py; the special tokens and the tokens that are
no speech are listed as well.
"""

import random

import differential_texts
import whisper_reference as reference
from golden_files import write_json

COUNT = 160


def main():
    whisper = reference.import_whisper()
    rng = random.Random(14)
    texts = [differential_texts.random_text(rng) for _ in range(COUNT)]
    texts += ["", " ", "  ", "\n", " And so my fellow Americans", "Hello, world!", "don't", "♪♪♪", "(♪)",
              "a" * 300, " " * 70 + "x", "12345 67", "naïve", "你好，世界", "<|endoftext|>", "😀👩‍👩‍👧‍👦"]
    texts = [text[:120] for text in texts]
    result = {"texts": texts}
    for name, multilingual in (("multilingual", True), ("gpt2", False)):
        tokenizer = whisper.tokenizer.get_tokenizer(multilingual, num_languages=99)
        result[name] = {
            "vocabularyCount": tokenizer.encoding.n_vocab, "special": tokenizer.special_tokens,
            "nonSpeech": list(tokenizer.non_speech_tokens),
            "ids": [tokenizer.encoding.encode(text, disallowed_special=()) for text in texts]}
        result[name]["special"] = {k: v for k, v in tokenizer.special_tokens.items()
                                   if "." not in k or k in ("<|0.00|>", "<|30.00|>")}
    write_json(reference.ROOT / "Tests/Fixtures/whisper/token-ids.json", result)


if __name__ == "__main__":
    main()
