"""Random weights of the shape of Whisper small in the layouts of whisper_speed.py's contestants.

The end of the text and the times are improbable, so that a text goes on for as long as it may. Vocabulary,
filters and settings are those of base. openai-whisper's `.pt`, whisper.cpp's F16 and Q8_0, CTranslate2.
"""

import pathlib
import shutil
import struct
import sys

import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "Tests/Reference"))
import whisper_reference as reference  # noqa: E402

DIMS = {"n_mels": 80, "n_audio_ctx": 1500, "n_audio_state": 768, "n_audio_head": 12, "n_audio_layer": 12,
        "n_vocab": 51865, "n_text_ctx": 448, "n_text_state": 768, "n_text_head": 12, "n_text_layer": 12}
END = 50257
# ggml's numbers of types, and of a file in Q8_0.
F32, F16, Q8_0, Q8_0_FILE = 0, 1, 8, 2007


def weights():
    import whisper
    model = reference.seeded_model(whisper, 7, **DIMS)
    state = reference.state_of(model)
    bias = state["decoder.ln.bias"].astype(np.float32)
    state["decoder.token_embedding.weight"][END:] = (-200 / (bias @ bias) * bias).astype(np.float16)
    return state


def q8_0(values):
    """Blocks of 32 with a Float16 scale, as ggml's reference."""
    blocks = values.astype(np.float32).reshape(-1, 32)
    scale = np.abs(blocks).max(1, keepdims=True) / 127
    quants = np.rint(blocks / np.where(scale == 0, 1, scale)).astype(np.int8)
    return np.concatenate([scale.astype("<f2").view(np.int8), quants], 1).tobytes()


def write_ggml(path, base, state, quantised):
    """The header and vocabulary of base with other sizes, then the tensors."""
    head = base.read_bytes()[:4 << 20]
    mels, bins = struct.unpack_from("<2i", head, 48)
    end = 56 + mels * bins * 4
    (count,) = struct.unpack_from("<i", head, end)
    end += 4
    for _ in range(count):
        end += 4 + struct.unpack_from("<i", head, end)[0]
    sizes = [DIMS[name] for name in reference.SIZES]
    with open(path, "wb") as file:
        file.write(head[:4] + struct.pack("<11i", *sizes, Q8_0_FILE if quantised else 1) + head[48:end])
        for name, value in state.items():
            if name in ("encoder.conv1.bias", "encoder.conv2.bias"):
                value = value.reshape(-1, 1)
            kind = F16
            if value.shape[-1] == 1 or value.ndim < 2 or name.endswith("positional_embedding"):
                kind = F32
            elif quantised and value.ndim == 2:
                kind = Q8_0
            file.write(struct.pack(f"<3i{value.ndim}i", value.ndim, len(name), kind, *value.shape[::-1]))
            file.write(name.encode())
            file.write(q8_0(value) if kind == Q8_0 else value.astype("<f4").tobytes() if kind == F32 else value.tobytes())


def write(folder, models):
    """Writes pt/small.pt, ggml/ggml-small[-q8_0].bin and ct2/small; `models` has base."""
    state = weights()
    for part in ("pt", "ggml", "ct2/small"):
        (folder / part).mkdir(parents=True)
    reference.write_openai(folder / "pt/small.pt", DIMS, state)
    base = models / "ggml/ggml-base.bin"
    write_ggml(folder / "ggml/ggml-small.bin", base, state, False)
    write_ggml(folder / "ggml/ggml-small-q8_0.bin", base, state, True)
    for file in (models / "ct2/base").iterdir():
        if file.name != "model.bin":
            shutil.copy(file, folder / "ct2/small" / file.name)
    reference.write_ctranslate2(folder / "ct2/small/model.bin", DIMS, state)
