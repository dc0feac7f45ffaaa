#!/usr/bin/env python3
"""Writes Tests/Fixtures/whisper/synthetic.json: transcripts of a Whisper whose weights are a formula.

    .venv/bin/python Tests/Reference/make_whisper_synthetic.py

The model has what the real ones of the tests lack: 128 mel bands and the vocabulary of large-v3, and
more layers in the decoder than in the encoder (turbo has fewer). SyntheticWhisper in the Swift tests
computes the same weights and transcribes the same sound. The biases of the last normalisation make
text, times and the end of the text about equally probable; the script checks that all of them, several
segments in a window, a window without a pair of times, and a silent window occur.

openai-whisper transcribes: greedy and with five hypotheses, into English, without times, with a first
text, and with words to align.
"""

import json
import math

import numpy as np
import torch

import whisper_reference as reference

DIMS = {"n_mels": 128, "n_audio_ctx": 1500, "n_audio_state": 32, "n_audio_head": 2, "n_audio_layer": 2,
        "n_vocab": 51866, "n_text_ctx": 448, "n_text_state": 32, "n_text_head": 2, "n_text_layer": 3}
PATH = reference.ROOT / "Tests/Fixtures/whisper/synthetic.json"


def numbers(seed, count, scale):
    """Pseudo-random numbers from -scale to scale: multiplicative hashing of 32 bits."""
    x = (np.arange(count, dtype=np.uint64) * 2654435761 + seed * 40503 + 1) & 0xFFFFFFFF
    x ^= x >> np.uint64(15)
    x = (x * 2246822519) & 0xFFFFFFFF
    x ^= x >> np.uint64(13)
    return ((x.astype(np.float64) / 2**32 - 0.5) * 2 * scale).astype(np.float32)


def scale(name, shape):
    if name.endswith("ln.weight") or name.endswith("ln_post.weight"):
        return 0.3
    if name == "decoder.ln.bias":
        return 1.0
    if name.endswith("bias"):
        return 0.1
    if name.endswith("token_embedding.weight"):
        return 0.6
    if "positional" in name:
        return 0.5
    return 1.7 / math.sqrt(math.prod(shape[1:]))


def build(whisper):
    model = whisper.model.Whisper(whisper.model.ModelDimensions(**DIMS)).float().eval()
    state = model.state_dict()
    for seed, (name, tensor) in enumerate(sorted(state.items())):
        values = numbers(seed, tensor.numel(), scale(name, tensor.shape)).reshape(tensor.shape)
        if name.endswith("_ln.weight") or name.endswith("ln.weight") or name.endswith("ln_post.weight"):
            values = values + np.float32(1)
        if name == "decoder.token_embedding.weight":
            # All times together are about as probable as the best text, and silence as everything else.
            bias = state["decoder.ln.bias"].double().numpy()
            values[50365:] *= np.float32(1.1)
            values[50257] *= np.float32(1.9)
            values[50363] = (8 / (bias @ bias) * bias).astype(np.float32)
        state[name] = torch.from_numpy(values)
    model.load_state_dict(state)
    return model


def sound(seconds):
    """Tones that change every second, from integers, so that both programs have the same samples."""
    n = np.arange(seconds * 16000)
    period = 20 + 13 * (n // 16000) % 97
    return (((n % period) * 2 - period) / (period * 4)).astype(np.float32)


def main():
    whisper = reference.import_whisper()
    torch.set_num_threads(1)
    model = build(whisper)
    audio = sound(40)
    cases = []
    for name, options in {
        "greedy": {}, "beam": {"beam_size": 5}, "translate": {"task": "translate", "language": "de"},
        "without times": {"without_timestamps": True}, "first text": {"initial_prompt": "Names: Ada, Grace."},
        "clips": {"clip_timestamps": "3,12.5,30"}, "no context": {"condition_on_previous_text": False},
        "silence": {"no_speech_threshold": 0.1},
    }.items():
        settings = {"language": "en", "temperature": 0.0, "fp16": False, **options}
        result = whisper.transcribe(model, audio, **settings)
        cases.append({"name": name, "segments": [
            {k: s[k] for k in ("seek", "start", "end", "tokens", "avg_logprob", "compression_ratio", "no_speech_prob")}
            for s in result["segments"]]})
        kinds = [sum(t >= 50365 for t in s["tokens"]) for s in result["segments"]]
        seeks = sorted({s["seek"] for s in result["segments"]})
        print(name, len(result["segments"]), "segments", seeks, "times", kinds[:12],
              "tokens", [len(s["tokens"]) for s in result["segments"]][:12],
              "no speech", sorted({round(s["no_speech_prob"], 3) for s in result["segments"]})[:6],
              "logprob", sorted({round(s["avg_logprob"], 2) for s in result["segments"]})[:6])
    languages = model.detect_language(whisper.log_mel_spectrogram(whisper.pad_or_trim(audio), 128))[1]
    best = sorted(languages, key=languages.get)[-3:]
    PATH.write_text(json.dumps({"cases": cases, "languages": {c: languages[c] for c in best}}) + "\n")
    print(PATH, PATH.stat().st_size, "bytes")


main()
