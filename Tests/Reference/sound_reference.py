"""openai-whisper's log-mel spectrogram, as published and in Float64, for the sound scripts.

Only whisper/audio.py is loaded: the package itself would import its tokenizer and numba.
"""

import importlib
import sys
import types

import numpy as np
import torch

from make_picture_fixtures import ROOT

SOUND = ROOT / ".venv" / "sound"


def whisper_audio():
    """The module whisper.audio of the folder that the Makefile installs openai-whisper into."""
    for folder in [SOUND / "whisper", *(p / "whisper" for p in map(type(SOUND), sys.path))]:
        if (folder / "audio.py").exists():
            package = types.ModuleType("whisper")
            package.__path__ = [str(folder)]
            sys.modules["whisper"] = package
            return importlib.import_module("whisper.audio")
    sys.exit("openai-whisper is missing: run `make test-full`, or see requirements-sound.txt")


def log_mel(audio, samples, bands):
    """[frames, bands] of whisper.audio.log_mel_spectrogram, in Float32 as published."""
    return audio.log_mel_spectrogram(samples, bands).numpy().T


def log_mel_float64(audio, samples, bands):
    """The same lines of code with every number in Float64 except the published filters."""
    window = torch.hann_window(audio.N_FFT, dtype=torch.float64)
    stft = torch.stft(torch.from_numpy(samples.astype(np.float64)), audio.N_FFT, audio.HOP_LENGTH,
                      window=window, return_complex=True)
    magnitudes = stft[..., :-1].abs() ** 2
    spec = audio.mel_filters("cpu", bands).double() @ magnitudes
    spec = torch.clamp(spec, min=1e-10).log10()
    spec = torch.maximum(spec, spec.max() - 8.0)
    return ((spec + 4.0) / 4.0).numpy().T
