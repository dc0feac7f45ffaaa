#!/usr/bin/env python3
"""Recordings in which nobody speaks: `swiftrag transcribe` must write nothing with default settings.

    .venv/bin/python Tests/Reference/whisper_silence.py [--model FILE] [--seconds 40]

Whisper invents sentences ("Thank you.", "Thanks for watching!") for silence, noise and music; the
detector of speech and the no-speech rule are there to prevent it. Prints what was written for each of
14 sounds, made from formulas and a seed, beside what the model writes with `--vad off`. Fails if
anything was written with default settings.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import wave

import numpy as np

from swiftrag import program

RATE = 16_000


def noise(random, count, exponent):
    """Noise whose power falls with the frequency to the exponent: 0 white, 1 pink, 2 brown."""
    spectrum = np.fft.rfft(random.standard_normal(count))
    spectrum[1:] /= np.arange(1, len(spectrum)) ** (exponent / 2)
    sound = np.fft.irfft(spectrum, count)
    return sound / np.abs(sound).max()


def tone(times, frequency, harmonics=1):
    return sum(np.sin(2 * np.pi * frequency * n * times) / n for n in range(1, harmonics + 1))


def notes(times, scale, seconds, harmonics, decay):
    """A melody: each note of the scale in turn, fading."""
    sound = np.zeros_like(times)
    for index in range(int(times[-1] / seconds) + 1):
        start = index * seconds
        part = (times >= start) & (times < start + seconds)
        inside = times[part] - start
        frequency = scale[(index * index + index // 3) % len(scale)]
        sound[part] = tone(inside, frequency, harmonics) * np.exp(-decay * inside)
    return sound / np.abs(sound).max()


def sounds(seconds):
    random = np.random.default_rng(14)
    count = int(seconds * RATE)
    times = np.arange(count) / RATE
    major = [261.6, 293.7, 329.6, 349.2, 392.0, 440.0, 493.9, 523.3]
    clicks = np.zeros(count)
    clicks[random.integers(0, count, int(seconds * 4))] = 0.9
    beat = noise(random, count, 0) * np.exp(-30 * (times % 0.5))
    yield "digital silence", np.zeros(count)
    yield "silence of a microphone", noise(random, count, 1) * 0.002
    yield "white noise", noise(random, count, 0) * 0.3
    yield "pink noise", noise(random, count, 1) * 0.5
    yield "brown noise", noise(random, count, 2) * 0.8
    yield "mains hum", tone(times, 50, 8) * 0.2
    yield "dial tone", (tone(times, 350) + tone(times, 440)) * 0.3
    yield "alarm", tone(times, 900) * 0.5 * (times % 1 < 0.5)
    yield "sweep", np.sin(2 * np.pi * (50 * times + 3000 * times**2 / (2 * seconds))) * 0.5
    yield "clicks", clicks
    yield "drum", beat * 0.8
    yield "piano", notes(times, major, 0.4, 6, 4) * 0.6
    yield "organ", (notes(times, major, 2, 10, 0) + notes(times, [f / 2 for f in major], 4, 10, 0)) * 0.3
    yield "band", (notes(times, major, 0.5, 8, 3) + beat + notes(times, [65.4, 98.0, 87.3], 1, 4, 1)) * 0.3


def write(path, sound):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


def text(path, *options):
    result = subprocess.run([program(), "transcribe", str(path), "--format", "json", "--quiet", *options],
                            stdout=subprocess.PIPE, check=True)
    return json.loads(result.stdout)["text"].strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", help="default: the bundled one")
    parser.add_argument("--seconds", type=float, default=40)
    options = parser.parse_args()
    model = ["-m", options.model] if options.model else []
    invented = 0
    print("| Sound | Written | With --vad off |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, sound in sounds(options.seconds):
            path = pathlib.Path(folder) / "sound.wav"
            write(path, sound)
            default, bare = text(path, *model), text(path, *model, "--vad", "off")
            invented += default != ""
            print(f"| {name} | {default or 'nothing'} | {bare[:60] or 'nothing'} |", flush=True)
    print(f"\n{invented} invented")
    return 1 if invented else 0


if __name__ == "__main__":
    sys.exit(main())
