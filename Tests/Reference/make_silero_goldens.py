#!/usr/bin/env python3
"""Writes Tests/Fixtures/silero/goldens.json: probabilities of Silero's voice detector.

    python Tests/Reference/make_silero_goldens.py [--onnx silero_vad.onnx]

The probabilities are those of PyTorch's layers (STFT as a convolution, conv1d, LSTMCell) with the
numbers of Sources/SwiftRAG/SpeechData, in Float64. With --onnx, the file of the package silero-vad
6.2.0 on PyPI, the script also compares them with the published model in onnxruntime: they may differ
by 0.02, since whisper.cpp stores the convolutions in Float16.

Signals are formulas that the test repeats, and Tests/Fixtures/silero/jfk.wav: the first 2.5 seconds of
the recording jfk.wav of whisper.cpp (John F. Kennedy, 1961, public domain).
"""

import argparse
import json
import pathlib
import struct
import wave

import numpy as np
import torch
import torch.nn.functional as F

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "Sources/SwiftRAG/SpeechData/silero-v6.2.0-vad-ggml.bin"
FRAME, CONTEXT = 512, 64


def weights():
    data, place, tensors = WEIGHTS.read_bytes(), 4, {}

    def integer():
        nonlocal place
        place += 4
        return struct.unpack_from("<i", data, place - 4)[0]

    length = integer()
    place += length + 20
    layers = integer()
    place += 12 * layers + 16
    while place < len(data):
        count, length, kind = integer(), integer(), integer()
        shape = [integer() for _ in range(count)][::-1]
        name = data[place:place + length].decode()
        place += length
        dtype = np.dtype("<f2" if kind == 1 else "<f4")
        size = int(np.prod(shape))
        values = np.frombuffer(data, dtype, size, place).astype(np.float64)
        place += size * dtype.itemsize
        tensors[name.removeprefix("_model.")] = torch.from_numpy(values.reshape(shape))
    return tensors


def probabilities(w, samples):
    h = c = torch.zeros(1, 128, dtype=torch.float64)
    context = torch.zeros(CONTEXT, dtype=torch.float64)
    result = []
    for start in range(0, len(samples), FRAME):
        frame = torch.from_numpy(samples[start:start + FRAME].astype(np.float64))
        frame = F.pad(frame, (0, FRAME - len(frame)))
        x = F.pad(torch.cat([context, frame])[None], (0, 64), mode="reflect")
        context = frame[-CONTEXT:]
        spectrum = F.conv1d(x[None], w["stft.forward_basis_buffer"], stride=128)[0]
        x = torch.sqrt(spectrum[:129] ** 2 + spectrum[129:] ** 2)[None]
        for layer, stride in enumerate((1, 2, 2, 1)):
            name = f"encoder.{layer}.reparam_conv"
            x = F.relu(F.conv1d(x, w[name + ".weight"], w[name + ".bias"], stride=stride, padding=1))
        rnn = [w["decoder.rnn." + n] for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        h, c = torch._VF.lstm_cell(x[:, :, 0], (h, c), *rnn)
        logit = F.relu(h)[0] @ w["decoder.decoder.2.weight"].reshape(-1)
        result.append(torch.sigmoid(logit + w["decoder.decoder.2.bias"].reshape(-1)[0]).item())
    return result


def onnx_probabilities(path, samples):
    import onnxruntime

    session = onnxruntime.InferenceSession(path)
    state, context, result = np.zeros((2, 1, 128), np.float32), np.zeros(CONTEXT, np.float32), []
    for start in range(0, len(samples), FRAME):
        frame = samples[start:start + FRAME]
        frame = np.pad(frame, (0, FRAME - len(frame))).astype(np.float32)
        out, state = session.run(
            None, {"input": np.concatenate([context, frame])[None], "state": state,
                   "sr": np.array(16000)})
        context = frame[-CONTEXT:]
        result.append(float(out[0, 0]))
    return result


def signals():
    with wave.open(str(ROOT / "Tests/Fixtures/silero/jfk.wav")) as file:
        speech = np.frombuffer(file.readframes(file.getnframes()), "<i2") / np.float32(32768)
    n = np.arange(16000)
    # A linear congruential generator (POSIX's example of rand), and a chord that decays.
    state, noise = 1, []
    for _ in n:
        state = (state * 1103515245 + 12345) % 2**31
        noise.append((state // 65536 / 32768 - 0.5) * 0.2)
    noise = np.array(noise)
    chord = sum(np.sin(2 * np.pi * f * n / 16000) for f in (262, 330, 392)) * 0.1
    chord *= np.exp(-(n % 8000) / 4000)
    return {
        "speech": speech.astype(np.float32), "noise": noise.astype(np.float32),
        "chord": chord.astype(np.float32)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--onnx")
    options = parser.parse_args()
    w, goldens = weights(), {}
    for name, samples in signals().items():
        goldens[name] = probabilities(w, samples)
        if options.onnx:
            difference = np.abs(np.array(goldens[name]) - onnx_probabilities(options.onnx, samples)).max()
            print(f"{name}: {difference:.4f} from onnxruntime")
            assert difference < 0.02
    assert max(goldens["speech"]) > 0.9 and max(goldens["noise"]) < 0.1
    path = ROOT / "Tests/Fixtures/silero/goldens.json"
    path.write_text(json.dumps({k: [round(p, 7) for p in v] for k, v in goldens.items()}) + "\n")


main()
