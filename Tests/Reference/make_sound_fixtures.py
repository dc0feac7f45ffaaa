#!/usr/bin/env python3
"""Writes the recordings of Tests/Fixtures/sound with ffmpeg, and openai-whisper's log-mel of one.

    .venv/bin/python Tests/Reference/make_sound_fixtures.py

The signal is a rising tone with seeded noise. mel-80.f32 and mel-128.f32 are [frames, bands] of
whisper's code in Float64, rounded to Float32, little-endian.
"""

import pathlib
import subprocess
import tempfile
import wave

import numpy as np

from make_picture_fixtures import ROOT
from sound_reference import log_mel_float64, whisper_audio

FOLDER = ROOT / "Tests" / "Fixtures" / "sound"

# File: options of ffmpeg after the input.
LOSSLESS = {
    "u8.wav": "-c:a pcm_u8", "s16.wav": "-c:a pcm_s16le", "s24.wav": "-c:a pcm_s24le",
    "s32.wav": "-c:a pcm_s32le", "f32.wav": "-c:a pcm_f32le", "f64.wav": "-c:a pcm_f64le",
    "alaw.wav": "-c:a pcm_alaw", "stereo.wav": "-af pan=stereo|c0=c0|c1=c0", "six-channels.wav": "-ac 6",
    "s16.aiff": "-c:a pcm_s16be", "mono.flac": "-c:a flac", "stereo.flac": "-af pan=stereo|c0=c0|c1=c0 -c:a flac",
}
LOSSY = {
    "vorbis.ogg": "-c:a libvorbis", "opus.ogg": "-c:a libopus -b:a 32k",
    "mono.mp3": "-c:a libmp3lame -b:a 48k", "aac.m4a": "-c:a aac -b:a 48k",
    "aac.adts": "-c:a aac -b:a 48k -f adts", "opus.webm": "-c:a libopus -b:a 32k",
    "wma.wma": "-c:a wmav2 -b:a 48k", "mp3.avi": "-c:a libmp3lame -b:a 48k",
}
VIDEO = "-f lavfi -i color=c=black:s=16x16:r=4:d=0.5"


def signal(seconds, rate, seed):
    """A tone from 200 Hz to 3 kHz at half of full scale, and noise 40 dB below it."""
    time = np.arange(int(seconds * rate)) / rate
    phase = 2 * np.pi * (200 * time + (3_000 - 200) / (2 * seconds) * time**2)
    noise = np.random.default_rng(seed).standard_normal(len(time)) * 0.005
    return np.round((0.5 * np.sin(phase) + noise) * 32_767).astype("<i2")


def write_wave(path, samples, rate=16_000):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


def ffmpeg(arguments):
    subprocess.run(["ffmpeg", "-y", "-nostdin", "-loglevel", "error", *arguments], check=True)


def main():
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "source.wav"
        write_wave(source, signal(0.25, 16_000, seed=1))
        for name, options in (LOSSLESS | LOSSY).items():
            ffmpeg(["-i", source, *options.split(), "-map_metadata", "-1", "-bitexact",
                    FOLDER / name])
        ffmpeg([*VIDEO.split(), "-i", source, "-c:v", "mpeg4", "-c:a", "aac", "-bitexact",
                FOLDER / "video.mp4"])
        ffmpeg([*VIDEO.split(), "-c:v", "mpeg4", "-bitexact", FOLDER / "silent-video.mp4"])
    speech = signal(1.2, 16_000, seed=2)
    write_wave(FOLDER / "speech.wav", speech)
    audio = whisper_audio()
    for bands in (80, 128):
        mel = log_mel_float64(audio, speech.astype(np.float32) / 32_768, bands)
        mel.astype("<f4").tofile(FOLDER / f"mel-{bands}.f32")
    files = sorted(FOLDER.iterdir())
    print(f"{FOLDER}: {len(files)} files, {sum(f.stat().st_size for f in files)} bytes")


if __name__ == "__main__":
    main()
