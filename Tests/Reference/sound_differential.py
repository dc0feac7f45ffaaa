#!/usr/bin/env python3
"""Decodes the shared recordings and compares samples and log-mel with openai-whisper's.

    .venv/bin/python Tests/Reference/sound_differential.py [--assets ../shared/assets] [--package .]

Writes the reference into a temporary folder and runs the suite SoundDifferentialTests on it, which
prints the differences. whisper's samples come from ffmpeg, so where the file is not 16 kHz mono the
resamplers differ; the log-mel is computed from whisper's samples on both sides.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

import torch

from sound_reference import log_mel, log_mel_float64, whisper_audio

ENDINGS = {".wav", ".flac", ".mp3", ".m4a", ".ogg"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--assets", type=pathlib.Path, default=pathlib.Path("../shared/assets"))
    parser.add_argument("--package", default=".")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    audio = whisper_audio()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        rows = []
        paths = sorted(p for p in (arguments.assets / "audio").rglob("*") if p.suffix in ENDINGS)
        for number, path in enumerate(paths):
            samples = audio.load_audio(str(path))
            samples.astype("<f4").tofile(folder / f"{number}.samples")
            for bands in (80, 128):
                log_mel(audio, samples, bands).astype("<f4").tofile(folder / f"{number}.{bands}")
                log_mel_float64(audio, samples, bands).astype("<f4").tofile(
                    folder / f"{number}.{bands}.exact")
            rows.append(f"{number}\t{path.resolve()}")
        (folder / "recordings.tsv").write_text("\n".join(rows) + "\n")
        print(f"{len(rows)} recordings")
        environment = {**os.environ, "SWIFTRAG_SOUND_REFERENCE": name}
        sys.exit(subprocess.run(
            ["swift", "test", "--skip-build", "--package-path", arguments.package, "--filter",
             "SoundDifferentialTests"], env=environment).returncode)


if __name__ == "__main__":
    main()
