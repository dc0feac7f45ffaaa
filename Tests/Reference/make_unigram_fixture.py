#!/usr/bin/env python3
"""Makes Tests/Fixtures/unigram: a small tokenizer like XLM-RoBERTa's, and the ids of `tokenizers`.

    .venv/bin/python Tests/Reference/make_unigram_fixture.py

- sentencepiece.bpe.model: a unigram model of 216 pieces, trained by sentencepiece on the words below,
  with a character map of some dozens of rules (nmt_nfkc's own map has 240 KB).
- tokenizer.json: the same pieces under fairseq's ids, as transformers converts them.
- ids.json: strings and their ids by Hugging Face `tokenizers`, for two pipelines: `split` with
  WhitespaceSplit, `plain` without.

The special tokens are renamed for the reference, so that "<s>" in a text is text, as it is here.
"""

import base64
import io
import json
import pathlib
import random
import tempfile

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Tokenizer

from differential_texts import EMOJI, PUNCTUATION, SPACES, SPECIALS, WORDS, decomposed_word, scalar

OUTPUT = pathlib.Path(__file__).parents[1] / "Fixtures/unigram"


def rules():
    """Sequences of code points and their replacements, as a normaliser's table has them."""
    table = {(0xFF01 + i,): (0x21 + i,) for i in range(94)}
    table |= {(0xFB00,): (0x66, 0x66), (0xFB01,): (0x66, 0x69), (0xFB03,): (0x66, 0x66, 0x69)}
    table |= {(c,): (0x20,) for c in (0x09, 0x0A, 0x0D, 0xA0, 0x2003, 0x2028, 0x3000, 0x200B)}
    table |= {(c,): () for c in (0xAD, 0x01, 0x7F)}
    table |= {(0x65, 0x301): (0xE9,), (0x61, 0x308): (0xE4,), (0x75, 0x308): (0xFC,),
              (0x438, 0x306): (0x439,), (0x30AB, 0x3099): (0x30AC,), (0xFF76, 0xFF9E): (0x30AC,)}
    return table


def train():
    lines = []
    rng = random.Random(5)
    for _ in range(3000):
        lines.append(" ".join(rng.choices(WORDS, k=8)))
    model = io.BytesIO()
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as tsv:
        for source, target in rules().items():
            tsv.write(" ".join(f"{c:X}" for c in source) + "\t"
                      + " ".join(f"{c:X}" for c in target) + "\n")
        tsv.flush()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(lines), model_writer=model, model_type="unigram",
            vocab_size=216, character_coverage=0.98, normalization_rule_tsv=tsv.name,
            num_threads=1, minloglevel=2)
    return model.getvalue()


def tokenizer_json(model, splits):
    """As transformers' XLMRobertaConverter, or without WhitespaceSplit."""
    proto = sentencepiece_model_pb2.ModelProto.FromString(model)
    pieces = [(p.piece, p.score) for p in proto.pieces]
    vocabulary = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *pieces[3:],
                  ("<mask>", 0.0)]
    metaspace = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always",
                 "split": True}
    charsmap = base64.b64encode(proto.normalizer_spec.precompiled_charsmap).decode()
    normalizers = [{"type": "Precompiled", "precompiled_charsmap": charsmap}]
    if not splits:
        normalizers.append({"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "})
    special = {name: id for id, (name, _) in enumerate(vocabulary)
               if name in ("<s>", "<pad>", "</s>", "<unk>", "<mask>")}
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": id, "content": name, "single_word": False, "lstrip": False,
                          "rstrip": False, "normalized": False, "special": True}
                         for name, id in special.items()],
        "normalizer": {"type": "Sequence", "normalizers": normalizers},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, metaspace]}
        if splits else metaspace,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
                       {"Sequence": {"id": "A", "type_id": 0}},
                       {"SpecialToken": {"id": "</s>", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
            "special_tokens": {name: {"id": name, "ids": [special[name]], "tokens": [name]}
                               for name in ("<s>", "</s>")}},
        "decoder": metaspace,
        "model": {"type": "Unigram", "unk_id": 3, "byte_fallback": False,
                  "vocab": [[piece, score] for piece, score in vocabulary]}}


def reference(description):
    """A tokenizer whose special tokens no text can spell."""
    description = json.loads(json.dumps(description))
    names = {token["content"]: f"\U0010FFFD{index}\U0010FFFD"
             for index, token in enumerate(description["added_tokens"])}
    for token in description["added_tokens"]:
        token["content"] = names[token["content"]]
    for entry in description["model"]["vocab"]:
        entry[0] = names.get(entry[0], entry[0])
    processor = description["post_processor"]
    for part in processor["single"] + processor["pair"]:
        if "SpecialToken" in part:
            part["SpecialToken"]["id"] = names[part["SpecialToken"]["id"]]
    processor["special_tokens"] = {
        names[name]: {"id": names[name], "ids": entry["ids"], "tokens": [names[name]]}
        for name, entry in processor["special_tokens"].items()}
    tokenizer = Tokenizer.from_str(json.dumps(description))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def texts():
    rng = random.Random(7)
    strings = ["", " ", "  ", "a", " a", "a ", "  a  b  ", "\u2581", "a\u2581b", "\r\n", "e\u0301",
               "\uFF25\u0301", "\u00AD", "x\u00ADy", "\uFB01nance o\uFB03ce", "\u0E01\u0E35\u0E48",
               "\U0001F600\U0001F601 \u9FA5\u9FA6", "<s> </s><unk><mask>", "\uFFFD\0\x01"]
    while len(strings) < 160:
        parts = []
        for _ in range(rng.randrange(1, 7)):
            parts.append(rng.choice([
                lambda: rng.choice(WORDS), lambda: rng.choice(EMOJI), lambda: rng.choice(PUNCTUATION),
                lambda: rng.choice(SPECIALS), lambda: decomposed_word(rng), lambda: scalar(rng)])())
            parts.append(rng.choice(SPACES) if rng.random() < 0.7 else "")
        strings.append("".join(parts))
    return strings


def main():
    OUTPUT.mkdir(parents=True, exist_ok=True)
    model = train()
    (OUTPUT / "sentencepiece.bpe.model").write_bytes(model)
    split, plain = tokenizer_json(model, True), tokenizer_json(model, False)
    (OUTPUT / "tokenizer.json").write_text(json.dumps(plain, ensure_ascii=False))
    strings = texts()
    recorded = [{"text": text, "split": reference(split).encode(text).ids,
                 "plain": reference(plain).encode(text).ids} for text in strings]
    (OUTPUT / "ids.json").write_text(json.dumps(recorded, ensure_ascii=True))
    for file in sorted(OUTPUT.iterdir()):
        print(file.name, file.stat().st_size)
    print(sum(3 in r["plain"] for r in recorded), "strings with <unk>,",
          sum(r["split"] != r["plain"] for r in recorded), "that differ by pipeline")


if __name__ == "__main__":
    main()
