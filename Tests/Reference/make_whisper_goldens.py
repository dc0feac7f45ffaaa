#!/usr/bin/env python3
"""Writes Tests/Fixtures/whisper: a tiny Whisper in four layouts with its activations.

    .venv/bin/python Tests/Reference/make_whisper_goldens.py

tiny.pt            2 and 2 layers, random weights (seed 7) in Float16, as openai-whisper saves them
tiny-hf/           the same weights saved by transformers: config.json, model.safetensors
tiny-ggml.bin      as whisper.cpp has them
tiny-ct2/          as CTranslate2 has them: model.bin
tiny.json          a window of mels, token ids, and the offset of each activation in tiny.f32
tiny.f32           every activation, Float32, little-endian

Activations are those of openai-whisper's model in Float32, taken by hooks. The script fails where
the logits of transformers differ from the same weights.
"""

import pathlib
import shutil

import numpy as np
import torch

import whisper_reference as reference
from golden_files import ActivationFile, write_json, write_manifest

FIXTURE = reference.ROOT / "Tests/Fixtures/whisper"
DIMS = dict(n_mels=8, n_audio_ctx=12, n_audio_state=32, n_audio_head=2, n_audio_layer=2, n_vocab=60,
            n_text_ctx=16, n_text_state=32, n_text_head=2, n_text_layer=2)
TOKENS = [3, 59, 0, 17, 17, 42, 8]


def main():
    torch.set_num_threads(1)
    whisper = reference.import_whisper()
    whisper.model.MultiHeadAttention.use_sdpa = False
    # The folder has the files of two other scripts as well.
    for folder in ("tiny-hf", "tiny-ct2"):
        shutil.rmtree(FIXTURE / folder, ignore_errors=True)
    (FIXTURE / "tiny-ct2").mkdir(parents=True)
    model = reference.seeded_model(whisper, 7, **DIMS)
    state = reference.state_of(model)
    reference.write_openai(FIXTURE / "tiny.pt", DIMS, state)
    reference.write_ggml(FIXTURE / "tiny-ggml.bin", DIMS, state, [b"a", b" b", b"\xc3"])
    reference.write_ctranslate2(FIXTURE / "tiny-ct2/model.bin", DIMS, state)
    twin = reference.hugging_face(DIMS, state)
    twin.half().save_pretrained(FIXTURE / "tiny-hf")
    (FIXTURE / "tiny-hf/generation_config.json").unlink(missing_ok=True)
    twin.float()

    mel = torch.tensor(np.random.default_rng(7).normal(0, 1, (8, 24)), dtype=torch.float32)
    found = reference.activations(model, mel, TOKENS)
    with torch.no_grad():
        theirs = twin(input_features=mel[None], decoder_input_ids=torch.tensor([TOKENS])).logits[0]
    difference = np.abs(theirs.numpy() - found[("decoder", "logits", None)]).max()
    assert difference < 1e-4, difference
    file = ActivationFile()
    entries = {side: [file.append(name, layer, value) for (s, name, layer), value in found.items()
                      if s == side] for side in ("encoder", "decoder")}
    window = file.append("mel", None, mel.T.numpy())
    (FIXTURE / "tiny.f32").write_bytes(file.data)
    write_json(FIXTURE / "tiny.json", {"tokens": TOKENS, "mel": window, **entries})
    write_manifest(FIXTURE, pathlib.Path(__file__).name, "WhisperGoldenTests.swift")


if __name__ == "__main__":
    main()
