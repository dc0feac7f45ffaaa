#!/usr/bin/env python3
"""Writes Tests/Fixtures/tokenizers: two small vocabularies and what the references make of texts.

- sentencepiece-600.gguf, byte-level-600.gguf: trained here on the sample library.
- sentencepiece-600.json: texts with the ids of `sentencepiece`.
- byte-level-600.json: texts with the ids of Hugging Face `tokenizers`, by pre-tokenizer.
- chat.json: conversations rendered by the published Jinja templates of several models, and the ids
  that llama.cpp gives the rendered text with special tokens parsed (vocabularies: Mistral's, with
  OpenHermes' two tokens for ChatML, and Phi-3's, from the assets).

    .venv/bin/python Tests/Reference/make_tokenizer_fixtures.py [--assets ../shared/assets]
"""

import argparse
import json
import pathlib
import random
import tempfile

import llama_cpp
import sentencepiece
from jinja2.sandbox import ImmutableSandboxedEnvironment
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

import vocabulary_gguf
from byte_level_differential import FAMILIES, configure
from chat_conversations import CONVERSATIONS, REASONED, TEMPLATES
from differential_texts import ROOT, random_text

OUTPUT = ROOT / "Tests/Fixtures/tokenizers"
FIXED = ["", " ", "  ", "a", " a", "a ", "\n", "\n\n a", "\t\tx", "Hello world", " Hello  world",
         "naïve café", "cafe\u0301", "日本語のテキスト", "🦙👩‍👩‍👧‍👦", "</s>", "<s>x</s>", "<0x0A>", "▁a▁▁b", "a" * 300,
         "ab" * 200, " " * 100, "I'm you're WE'VE it's", "1234567 3.14", "x\u0000y", "\u00a0\u2003a",
         "don't'll", "foo_bar(baz)\r\n\r\n  qux", "\ufffd", "end."]
# Composed, decomposed and unordered: what NFC changes.
ACCENTED = ["cafe\u0301s", "a\u0323\u0307 a\u0307\u0323", "\u1112\u1161\u11ab\u1100\u1173\u11af", "\uac00\u11a8",
            "\u212b \u2126 \u212a", "\u0958\u0915\u093c", "\u0308a", "o\u031b\u0323\u0301x", "\u0cc6\u0cc2\u0cd5"]


def dump(name, value):
    lines = ",\n".join(json.dumps(one, ensure_ascii=True, separators=(",", ":")) for one in value)
    (OUTPUT / name).write_text(f"[\n{lines}\n]\n")


def texts():
    rng = random.Random(7)
    return FIXED + [random_text(rng) for _ in range(60)]


def sample_library():
    files = sorted((ROOT / "Sources/SwiftRAG/SampleLibrary").rglob("*"))
    return [f for f in files if f.suffix in (".md", ".txt", ".html")]


def small_sentencepiece():
    with tempfile.TemporaryDirectory() as folder:
        prefix = f"{folder}/m"
        sentencepiece.SentencePieceTrainer.train(
            input=",".join(map(str, sample_library())), model_prefix=prefix, model_type="bpe",
            vocab_size=600, byte_fallback=True, character_coverage=0.99, num_threads=1,
            normalization_rule_name="identity", remove_extra_whitespaces=False,
            user_defined_symbols=["[CITE]", "▁—▁"], split_digits=True, minloglevel=2)
        model = pathlib.Path(prefix + ".model")
        vocabulary_gguf.from_sentencepiece(OUTPUT / "sentencepiece-600.gguf", model)
        reference = sentencepiece.SentencePieceProcessor(model_file=str(model))
        extra = ["see [CITE] and[CITE][CITE] x", "a — b", " — ", "—"]
        dump("sentencepiece-600.json", [{"text": t, "ids": reference.encode(t)}
                                        for t in texts() + extra])


def small_byte_level():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(vocab_size=600, show_progress=False,
                                  special_tokens=["<|endoftext|>"],
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.train([str(f) for f in sample_library()], trainer)
    model = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    merges = [tuple(m) for m in model["merges"]]
    vocabulary_gguf.write(OUTPUT / "byte-level-600.gguf", "gpt2", tokens,
                          [3 if t == "<|endoftext|>" else 1 for t in tokens],
                          merges=[" ".join(m) for m in merges], pre="gpt-2", bos=0, eos=0,
                          unknown=None)
    result = []
    for family, steps in FAMILIES.items():
        if steps is None or family == "smollm":  # the same steps as starcoder
            continue
        reference = Tokenizer(models.BPE(model["vocab"], merges,
                                         ignore_merges=family == "llama-bpe"))
        configure(reference, family)
        result += [{"family": family, "text": t, "ids": reference.encode(t).ids}
                   for t in texts() + (ACCENTED if family == "qwen2" else [])]
    dump("byte-level-600.json", result)


def render(template, messages, add_generation_prompt, **options):
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)

    def raise_exception(message):
        raise ValueError(message)

    environment.globals["raise_exception"] = raise_exception
    return environment.from_string(template).render(
        messages=messages, bos_token="<s>", eos_token="</s>",
        add_generation_prompt=add_generation_prompt, **options)


def merged(messages):
    """For the templates that know no system role: its text before the first question."""
    if messages[0]["role"] != "system":
        return messages
    first = dict(messages[1])
    first["content"] = messages[0]["content"] + "\n\n" + first["content"]
    return [first] + messages[2:]


def chat(assets):
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        mistral, hermes = f"{folder}/mistral.gguf", f"{folder}/hermes.gguf"
        model = assets / "mistral-tokenizer.model.v1"
        vocabulary_gguf.from_sentencepiece(mistral, model)
        vocabulary_gguf.from_sentencepiece(hermes, model, added=["<|im_end|>", "<|im_start|>"])
        paths = {"mistral": mistral, "hermes": hermes, "phi-3": str(assets / "ggml-vocab-phi-3.gguf")}
        loaded = {name: llama_cpp.Llama(path, vocab_only=True, verbose=False)
                  for name, path in paths.items()}
        for name, (vocabulary, jinja, has_system) in TEMPLATES.items():
            conversations = CONVERSATIONS + (REASONED if "<think>" in jinja else [])
            for messages in conversations:
                rendered = render(jinja, messages if has_system else merged(messages),
                                  messages[-1]["role"] == "user",
                                  enable_thinking=name.endswith("thinking"))
                # ChatML's template has no <s>; the model adds it.
                text = rendered if rendered.startswith("<s>") else "<s>" + rendered
                ids = (loaded[vocabulary].tokenize(text.encode(), add_bos=False, special=True)
                       if vocabulary else [])
                cases.append({"template": name, "vocabulary": vocabulary or "", "messages": messages,
                              "rendered": rendered, "ids": ids})
    dump("chat.json", cases)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--assets", type=pathlib.Path, default=ROOT / "../shared/assets")
    options = parser.parse_args()
    OUTPUT.mkdir(parents=True, exist_ok=True)
    small_sentencepiece()
    small_byte_level()
    chat(options.assets / "tokenizers")
    for file in sorted(OUTPUT.iterdir()):
        print(file.name, file.stat().st_size)


if __name__ == "__main__":
    main()
