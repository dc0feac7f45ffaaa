#!/usr/bin/env python3
"""Writes Tests/Fixtures/whisper/decoding.json: what openai-whisper's decoding rules and beam search do.

    .venv/bin/python Tests/Reference/make_whisper_decoding.py

Logits come from a formula that the test repeats, so the file holds results only: for the rules the
number, the sum and the most probable of the allowed tokens after a text; for the beam search the
texts and the sums of their log-probabilities.
"""

import random

import numpy as np
import torch

import whisper_reference as reference
from golden_files import write_json


def logits(text, count):
    """Logits after a text: the test has the same formula."""
    state = 0
    for token in text:
        state = (state * 31 + token + 1) % 1_000_003
    ids = np.arange(count, dtype=np.int64)
    return torch.tensor((state * (ids + 7) * (ids + 3) % 997) / 100, dtype=torch.float32)


def rules(whisper, multilingual, rng):
    tokenizer = whisper.tokenizer.get_tokenizer(multilingual, num_languages=99, language="en",
                                                task="transcribe")
    task = whisper.decoding.DecodingTask.__new__(whisper.decoding.DecodingTask)
    task.tokenizer, task.options = tokenizer, whisper.DecodingOptions()
    filters = [whisper.decoding.SuppressBlank(tokenizer, 0),
               whisper.decoding.SuppressTokens(task._get_suppress_tokens()),
               whisper.decoding.ApplyTimestampRules(tokenizer, 0, 50)]
    begin, cases = tokenizer.timestamp_begin, []
    texts = [[], [begin], [begin, 400], [begin, 400, begin + 20], [begin, 400, begin + 20, begin + 20],
             [begin + 1500, 5, begin + 1500], [begin + 3, begin + 3]]
    for _ in range(25):
        time, text = 0, []
        for _ in range(rng.randrange(1, 5)):
            time += rng.randrange(0, 60)
            text += [begin + time] + [rng.randrange(50000) for _ in range(rng.randrange(4))]
        texts.append(text)
    for text in texts:
        row = logits(text, tokenizer.encoding.n_vocab)[None].clone()
        tokens = torch.tensor([text], dtype=torch.long).reshape(1, -1)
        for each in filters:
            each.apply(row, tokens)
        allowed = torch.isfinite(row[0]).nonzero()[:, 0]
        cases.append({"text": text, "count": len(allowed), "sum": int(allowed.sum()),
                      "best": int(row[0].argmax())})
    return cases


class NoCache:
    def rearrange_kv_cache(self, sources):
        self.sources = sources


def beam(whisper, size, patience, count, steps):
    eot, prompt = count - 1, [3, 1]
    decoder = whisper.decoding.BeamSearchDecoder(size, eot, NoCache(), patience)
    tokens = torch.tensor([prompt] * size)
    sums = torch.zeros(size)
    for _ in range(steps):
        rows = torch.stack([logits(row.tolist(), count) for row in tokens])
        tokens, completed = decoder.update(tokens, rows, sums)
        if completed:
            break
    texts, totals = decoder.finalize(tokens[None], sums[None])
    return {"size": size, "patience": patience, "count": count, "steps": steps, "prompt": prompt,
            "texts": [t[2:(t == eot).nonzero()[0, 0]].tolist() for t in texts[0]], "sums": totals[0]}


def words(whisper, language, text):
    tokenizer = whisper.tokenizer.get_tokenizer(True, num_languages=99, language=language, task="transcribe")
    ids = tokenizer.encode(text) + [tokenizer.eot]
    found, tokens = tokenizer.split_to_word_tokens(ids)
    return {"language": language, "ids": ids, "words": found, "tokens": tokens}


def warp(whisper, rows, columns):
    """Costs are logits of one text after another; the test has the same formula."""
    costs = torch.stack([logits([row], columns) for row in range(rows)]) - 5
    way = whisper.timing.dtw_cpu(costs.double().numpy())
    return {"rows": rows, "columns": columns, "way": [list(map(int, place)) for place in way.T],
            "median": whisper.timing.median_filter(costs, 7).flatten().tolist() if columns < 30 else []}


def aligned(whisper):
    """Words with invented times, before and after their punctuation was merged."""
    texts = [" \u201cHello", ",", " world", ".", " -", "No", " way", "!\u201d", " (", "x", ")"]
    items = [whisper.timing.WordTiming(t, [i], i * 0.5, i * 0.5 + 0.3, 0.5) for i, t in enumerate(texts)]
    whisper.timing.merge_punctuations(items, "\"'\u201c\u00bf([{-", "\"'.\u3002,\uff0c!\uff01?\uff1f:\uff1a\u201d)]}\u3001")
    return {"before": texts, "after": [w.word for w in items], "tokens": [w.tokens for w in items]}


def main():
    whisper = reference.import_whisper()
    rng = random.Random(3)
    write_json(reference.ROOT / "Tests/Fixtures/whisper/decoding.json", {
        "multilingual": rules(whisper, True, rng), "gpt2": rules(whisper, False, rng),
        "beams": [beam(whisper, size, patience, count, steps)
                  for size, patience, count, steps in
                  [(1, 1, 9, 8), (2, 1, 9, 8), (3, 1, 12, 10), (5, 1, 20, 12), (5, 2, 20, 12),
                   (5, 0.5, 20, 12), (4, 1, 300, 6), (3, 1, 400, 3)]],
        "words": [words(whisper, *each) for each in [
            ("en", " And so, my fellow Americans: don't (ask) \u2014 \u201cnot\u201d 3.5%!"),
            ("de", " \u00dcber na\u00efve Stra\u00dfen\u2026 gr\u00f6\u00dfer?"), ("zh", "\u4f60\u597d\uff0c\u4e16\u754c\u3002"),
            ("ja", " \u3053\u308c\u306f\u65e5\u672c\u8a9e"), ("hi", " \u0928\u092e\u0938\u094d\u0924\u0947"), ("en", " \U0001f600 ok"), ("en", "")]],
        "warps": [warp(whisper, *size) for size in [(1, 1), (1, 5), (5, 1), (4, 20), (12, 60)]],
        "merged": aligned(whisper),
        "ratios": [{"text": text, "ratio": whisper.utils.compression_ratio(text)}
                   for text in ("", "a", "a" * 200, "And so my fellow Americans ask not.",
                                "naïve " * 30, "".join(chr(0x4E00 + i) for i in range(60)))]})


if __name__ == "__main__":
    main()
