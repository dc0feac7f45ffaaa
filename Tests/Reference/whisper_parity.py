#!/usr/bin/env python3
"""Compares transcribe with openai-whisper on real weights: hidden states, logits, texts.

    .venv/bin/python Tests/Reference/whisper_parity.py --models DIR [--only formats,numbers,texts]

DIR has the real weights of Whisper base and tiny.en in several layouts: pt/NAME.pt,
hf/NAME/, ggml/ggml-NAME.bin, ct2/NAME/; without it the script says so and ends. Recordings are
those of the assets, decoded by openai-whisper (ffmpeg) to 16 kHz, so that both programs hear the same
samples. `texts` compares with openai-whisper's results in a JSON file for each model where --reference names
a folder with them (openai-NAME.json), and else runs openai-whisper.

Fails where the formats that hold the same numbers give other bits, where hidden states or logits
differ by more than 2e-4 of their range, or where tokens, times, log-probabilities, compression
ratios or probabilities of silence differ.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import wave

import numpy as np
import torch

import whisper_reference as reference

MODELS = ["tiny.en", "base"]
# Of the range of all values.
TOLERANCE = 2e-4
# Of log-probabilities, compression ratios and probabilities.
NUMBER_TOLERANCE = 1e-3
# Of the times of words, in seconds: one position of the encoder.
WORD_TOLERANCE = 0.0201


def recordings(assets, longest):
    """Speech of the assets, by name; the spoken digits are each under a second."""
    paths = sorted(p for p in (assets / "audio").rglob("*") if p.suffix in (".wav", ".flac", ".mp3", ".m4a"))
    return [(str(p.relative_to(assets / "audio")), p) for p in paths if p.stat().st_size < longest]


def samples_of(whisper, path, cache={}):
    if path not in cache:
        cache[path] = whisper.load_audio(str(path))
    return cache[path]


def write_wave(path, samples):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(np.round(samples * 32768).astype("<i2").tobytes())


def paths_of(models, name):
    """The layouts of a model that hold the same Float16 numbers."""
    found = {"pt": models / f"pt/{name}.pt", "hf": models / f"hf/{name}",
             "hf-bin": models / f"hf/{name}/pytorch_model.bin", "ggml": models / f"ggml/ggml-{name}.bin",
             "ct2": models / f"ct2/{name}"}
    return {kind: path for kind, path in found.items() if path.exists()}


def run_bench(program, model, mel, ids, folder, threads=2):
    (folder / "ids.txt").write_text(" ".join(map(str, ids)))
    mel.astype("<f4").tofile(folder / "mel.f32")
    out = subprocess.run(
        [program, "bench", "whisper", "-m", str(model), "--mel", str(folder / "mel.f32"), "--ids",
         str(folder / "ids.txt"), "--npy", str(folder / "logits.npy"), "--encoded",
         str(folder / "encoded.npy"), "--threads", str(threads)], check=True, capture_output=True, text=True)
    return np.load(folder / "encoded.npy"), np.load(folder / "logits.npy"), json.loads(out.stdout)


def window(whisper, model, samples):
    mel = whisper.log_mel_spectrogram(samples, model.dims.n_mels, padding=480000)
    return whisper.pad_or_trim(mel, 3000)


def check_formats(program, whisper, models, name, path, folder):
    model = whisper.load_model(str(models / f"pt/{name}.pt"), device="cpu")
    mel = window(whisper, model, samples_of(whisper, path)).T.numpy()
    ids = [50258, 50259, 50359, 50364, 400, 370] if model.is_multilingual else [50257, 50363, 843, 523]
    kinds = dict(paths_of(models, name))
    for recipe in ("f16", "f32"):
        kinds["gguf-" + recipe] = folder / f"{name}-{recipe}.gguf"
        subprocess.run([program, "models", "convert", str(models / f"ct2/{name}"), "--type", recipe,
                        "--out", str(kinds["gguf-" + recipe])], check=True, capture_output=True)
    results = {kind: run_bench(program, path, mel, ids, folder)[:2] for kind, path in kinds.items()}
    one = run_bench(program, kinds["pt"], mel, ids, folder, threads=1)[:2]
    failures = 0
    for kind, result in {**results, "pt, 1 thread": one}.items():
        same = all(np.array_equal(a, b) for a, b in zip(result, results["pt"]))
        failures += not same
        if not same:
            print(f"{name}: {kind} differs from pt by {np.abs(result[1] - results['pt'][1]).max()}")
    print(f"{name}: {len(results)} layouts ({', '.join(results)}) and 1 and 2 threads: "
          f"{'the same bits' if not failures else 'DIFFERENT bits'}")
    return failures


def check_numbers(program, whisper, models, name, chosen, folder):
    whisper.model.MultiHeadAttention.use_sdpa = False
    model = whisper.load_model(str(models / f"pt/{name}.pt"), device="cpu").float()
    worst = [0.0, 0.0]
    for _, path in chosen:
        mel = window(whisper, model, samples_of(whisper, path))
        with torch.no_grad():
            encoded = model.encoder(mel[None])
            tokenizer = whisper.tokenizer.get_tokenizer(model.is_multilingual, language="en", task="transcribe")
            text = whisper.decode(model, mel, whisper.DecodingOptions(fp16=False, language="en", sample_len=40))
            ids = [*tokenizer.sot_sequence, *text.tokens]
            logits = model.decoder(torch.tensor([ids]), encoded)[0]
        ours = run_bench(program, models / f"pt/{name}.pt", mel.T.numpy(), ids, folder)
        for index, (a, b) in enumerate(((ours[0], encoded[0].numpy()), (ours[1], logits.numpy()))):
            worst[index] = max(worst[index], float(np.abs(a - b).max() / (b.max() - b.min())))
    print(f"{name}: {len(chosen)} recordings, largest difference by the range: encoder {worst[0]:.1e}, "
          f"logits {worst[1]:.1e} (allowed {TOLERANCE:.0e})")
    return sum(w > TOLERANCE for w in worst)


def compare_segments(theirs, ours):
    """What differs first, or nothing."""
    if [s["tokens"] for s in theirs["segments"]] != [s["tokens"] for s in ours["segments"]]:
        return "tokens"
    if theirs["language"] != ours["language"]:
        return f"language {ours['language']}"
    for a, b in zip(theirs["segments"], ours["segments"]):
        for key in ("start", "end"):
            if abs(a[key] - b[key]) > (WORD_TOLERANCE if a.get("words") else 0.0051):
                return f"{key} {b[key]} for {a[key]}"
        for key in ("avg_logprob", "compression_ratio", "no_speech_prob"):
            if abs(a[key] - b[key]) > NUMBER_TOLERANCE:
                return f"{key} {b[key]} for {a[key]}"
        if a["text"] != b["text"]:
            return "text"
        for first, second in zip(a.get("words", []), b.get("words") or []):
            if first["word"] != second["word"]:
                return f"word {second['word']!r} for {first['word']!r}"
            for key in ("start", "end"):
                if abs(first[key] - second[key]) > WORD_TOLERANCE:
                    return f"{key} {second[key]} for {first[key]} of {first['word']!r}"
        if len(a.get("words", [])) != len(b.get("words") or []):
            return "number of words"
    return ""


def load(whisper, models, name):
    model = whisper.load_model(str(models / f"pt/{name}.pt"), device="cpu").float()
    # A model that is loaded by its path has none of the heads for times of words.
    model.set_alignment_heads(whisper._ALIGNMENT_HEADS[name])
    return model


def check_texts(program, whisper, models, name, chosen, folder, known, beams):
    model = None
    failures, counts = 0, {}
    for recording, path in chosen:
        write_wave(folder / "sound.wav", samples_of(whisper, path))
        for kind, size in beams:
            theirs = known.get(recording, {}).get(kind)
            if known and theirs is None and kind != "silences":
                continue
            out = subprocess.run(
                [program, "transcribe", str(folder / "sound.wav"), "-m", str(models / f"pt/{name}.pt"),
                 "--format", "json", "--no-fallback", "--beam-size", str(size), "--quiet", "--vad", "off",
                 *(["--word-timestamps"] if kind == "greedy_words" else []),
                 *(["--hallucination-silence-threshold", "1"] if kind == "silences" else [])],
                check=True, capture_output=True, text=True)
            ours = json.loads(out.stdout)
            difference = theirs and compare_segments(theirs, ours)
            if theirs is None or difference:
                # The known results may be from another ffmpeg, which resamples otherwise.
                model = model or load(whisper, models, name)
                theirs = whisper.transcribe(model, samples_of(whisper, path), temperature=0.0, fp16=False,
                                            beam_size=size if size > 1 else None,
                                            word_timestamps=kind in ("greedy_words", "silences"),
                                            hallucination_silence_threshold=1 if kind == "silences" else None)
                difference = compare_segments(theirs, ours)
            done = counts.setdefault(kind, [0, 0])
            done[0] += 1
            if difference:
                done[1] += 1
                failures += 1
                print(f"{name}, {kind}, {recording}: {difference}")
                if difference == "tokens":
                    for a, b in zip(theirs["segments"], ours["segments"]):
                        if a["tokens"] != b["tokens"]:
                            print(f"  theirs {a['text']!r}\n  ours   {b['text']!r}")
                            break
    for kind, (count, wrong) in counts.items():
        print(f"{name}, {kind}: {count} recordings, {wrong} differ")
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=pathlib.Path, default=reference.ROOT / "../shared/whisper")
    parser.add_argument("--assets", type=pathlib.Path, default=reference.ROOT / "../shared/assets")
    parser.add_argument("--reference", type=pathlib.Path,
                        default=reference.ROOT / "../shared/facts/whisper-reference")
    parser.add_argument("--only", default="formats,numbers,texts")
    parser.add_argument("--kinds", default="greedy,beam5,greedy_words",
                        help="of texts; also silences: hallucination_silence_threshold, always computed anew")
    parser.add_argument("--model", choices=MODELS)
    parser.add_argument("--match", default="", help="recordings whose name contains this")
    parser.add_argument("--program", default=str(reference.ROOT / ".build/release/swiftrag"))
    options = parser.parse_args()
    if not (options.models / "pt").is_dir():
        print(f"whisper_parity.py: skipped, {options.models} has no weights")
        return 0
    whisper = reference.import_whisper()
    torch.set_num_threads(2)
    failures = 0
    chosen = [(n, p) for n, p in recordings(options.assets, 4 << 20) if options.match in n]
    speech = [(n, p) for n, p in chosen if not n.startswith("fsdd/")]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in [options.model] if options.model else MODELS:
            if "formats" in options.only:
                failures += check_formats(options.program, whisper, options.models, name, speech[0][1], folder)
            if "numbers" in options.only:
                failures += check_numbers(options.program, whisper, options.models, name, speech[:10], folder)
            if "texts" in options.only:
                path = options.reference / f"openai-{name}.json"
                known = json.loads(path.read_text())["recordings"] if path.exists() else {}
                failures += check_texts(options.program, whisper, options.models, name, chosen, folder, known,
                                        [(k, 5 if k == "beam5" else 1) for k in options.kinds.split(",")])
    print(f"whisper_parity.py: {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
