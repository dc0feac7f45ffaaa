#!/usr/bin/env python3
"""Whisper beside its peers in one run: encoder, whole windows, beam search, memory, word error rate.

    .venv-whisper/bin/python Benchmarks/peers/whisper_speed.py --models DIR [--rounds 3] [--threads 2]
        [--cases window,beam,tokens,minutes,small,hour,errors] [--peers NAME,…] [--markdown FILE]

DIR has the real weights of base (and tiny.en) as pt/NAME.pt, ggml/ggml-NAME[-q8_0|-q5_1].bin and
ct2/NAME/; the script ends with a word where it has not. Contestants, each in a process of its own that
stays alive between its turns:
  faster-whisper int8, float32      ctranslate2
  whisper.cpp f16, q8_0, q5_1       pywhispercpp
  openai-whisper                    torch, float32
  onnxruntime int8                  the encoder alone, exported from torch and quantised dynamically
  swiftrag f32, f16, q8_0, q5_1     `swiftrag bench whisper`, started anew for each turn

All decode greedily (beam: five hypotheses) in English at temperature 0 without fallback. Cases:
  window    30 s with about 99 words; the encoder is timed in the same turn
  beam      the same with five hypotheses
  minutes   3 minutes of speech
  tokens    the encoder, then 64 tokens of the same text without times, greedily and with five hypotheses:
            the decoder alone, since a transcription may encode several windows
  small     the same with random weights of the shape of small, whose texts do not end; without Q5_1
  hour      the same 20 times, swiftrag and faster-whisper int8 alone: real-time factor and memory
  errors    word error rate on recordings with a text beside them, greedy, counted for all by one
            `swiftrag eval wer`
The encoder is the network up to its last LayerNorm. The keys and values of the sound, which the decoder's
layers read and which are computed once a window, belong to the decoder: openai-whisper and ctranslate2
compute them in the decoder's first step, onnxruntime's encoder has none, and `bench whisper` times them
apart (soundKeys), so that they are added to greedy and beam here. whisper.cpp alone computes them within
its encoder and has them in that column. "Rest" is the whole without the encoder, for all.

Turns are interleaved. The output has medians over the rounds, and for each of ours beside the time that
of the best peer of its precision (Float32 for f32 and f16 beside f32 peers, else eight bits or fewer for
the encoder, all for the rest): below 1 is faster. A run of a case with all contestants takes 3 to 10
minutes; `--cases` and `--peers` divide it.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import wave

import numpy as np

ROOT = pathlib.Path(__file__).parents[2]
PEERS = {
    "faster-whisper int8": "ct2", "faster-whisper float32": "ct2", "whisper.cpp f16": "ggml",
    "whisper.cpp q8_0": "ggml", "whisper.cpp q5_1": "ggml", "openai-whisper": "pt", "onnxruntime int8": "pt"}
FLOAT32 = ["faster-whisper float32", "openai-whisper"]
BYTES = ["faster-whisper int8", "whisper.cpp q8_0", "whisper.cpp q5_1", "onnxruntime int8"]
OURS = ["swiftrag f32", "swiftrag f16", "swiftrag q8_0", "swiftrag q5_1"]
# Tokens of the cases `tokens` and `small`, and the prompt before them: English, transcribed, without times.
FORCED = 64
PROMPT = [50258, 50259, 50359, 50363]
RATE = 16_000


# Workers: a line of JSON in, a line of JSON out.

def faster_whisper_worker(options):
    import faster_whisper
    folder = f"{options.models}/ct2/{options.model}"
    model = faster_whisper.WhisperModel(
        folder, device="cpu", compute_type=options.worker.split()[1], cpu_threads=options.threads)

    def transcribe(samples, beam):
        segments, _ = model.transcribe(samples, language="en", beam_size=beam, temperature=0.0, vad_filter=False)
        return "".join(s.text for s in segments)

    def encode(samples):
        features = model.feature_extractor(samples)[:, :3000]
        features = np.pad(features, ((0, 0), (0, 3000 - features.shape[1])))
        start = time.perf_counter()
        model.encode(features)
        return time.perf_counter() - start

    def forced(samples, beam):
        features = model.feature_extractor(samples)[:, :3000]
        encoded = model.encode(features)
        prompt = PROMPT
        start = time.perf_counter()
        result = model.model.generate(
            encoded, [prompt], beam_size=beam, max_length=2 * FORCED, suppress_tokens=[50257])
        return time.perf_counter() - start, len(result[0].sequences_ids[0])
    return transcribe, encode, forced


def whisper_cpp_worker(options):
    import _pywhispercpp as binding
    from pywhispercpp.model import Model
    kind = options.worker.split()[1]
    path = f"{options.models}/ggml/ggml-{options.model}{'' if kind == 'f16' else '-' + kind}.bin"
    quiet = {"print_progress": False, "print_realtime": False, "print_timestamps": False}
    models = {}

    def model_for(beam):
        if beam not in models:
            models.clear()
            models[beam] = Model(
                path, params_sampling_strategy=int(beam > 1), redirect_whispercpp_logs_to=None,
                n_threads=options.threads, language="en", temperature=0.0, temperature_inc=0.0, **quiet)
            if beam > 1:
                models[beam].params["beam_search"] = {"beam_size": beam, "patience": -1.0}
        return models[beam]

    def transcribe(samples, beam):
        return "".join(s.text for s in model_for(beam).transcribe(samples))

    def encode(samples):
        context = next(iter(models.values()), None) or model_for(1)
        context = context._ctx
        binding.whisper_pcm_to_mel(context, samples, len(samples), options.threads)
        start = time.perf_counter()
        binding.whisper_encode(context, 0, options.threads)
        return time.perf_counter() - start

    def forced(samples, beam):
        own = model_for(beam)
        encoding = encode(samples)
        start = time.perf_counter()
        own.transcribe(samples, max_tokens=FORCED, single_segment=True, no_timestamps=True)
        seconds = time.perf_counter() - start - encoding
        return seconds, binding.whisper_full_n_tokens(own._ctx, 0)
    return transcribe, encode, forced


def openai_worker(options):
    import torch
    import whisper
    torch.set_num_threads(options.threads)
    model = whisper.load_model(f"{options.models}/pt/{options.model}.pt", device="cpu").float()

    def transcribe(samples, beam):
        return whisper.transcribe(model, samples, language="en", temperature=0.0, fp16=False,
                                  beam_size=beam if beam > 1 else None)["text"]

    def encode(samples):
        mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(samples), model.dims.n_mels)[None]
        with torch.no_grad():
            start = time.perf_counter()
            model.encoder(mel)
            return time.perf_counter() - start

    def forced(samples, beam):
        mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(samples), model.dims.n_mels)[None]
        with torch.no_grad():
            encoded = model.encoder(mel)
        start = time.perf_counter()
        result = whisper.decode(model, encoded, whisper.DecodingOptions(
            language="en", sample_len=FORCED, without_timestamps=True, fp16=False,
            beam_size=beam if beam > 1 else None))
        return time.perf_counter() - start, len(result[0].tokens)
    return transcribe, encode, forced


def onnx_worker(options):
    import onnxruntime
    import torch
    import whisper
    from onnxruntime.quantization import QuantType, quantize_dynamic
    whisper.model.MultiHeadAttention.use_sdpa = False
    model = whisper.load_model(f"{options.models}/pt/{options.model}.pt", device="cpu").float()
    folder = tempfile.mkdtemp()
    mel = torch.zeros(1, model.dims.n_mels, 3000)
    torch.onnx.export(model.encoder, (mel,), f"{folder}/f32.onnx", dynamo=False, opset_version=17)
    quantize_dynamic(f"{folder}/f32.onnx", f"{folder}/int8.onnx", weight_type=QuantType.QInt8, per_channel=True,
                     op_types_to_quantize=["MatMul"])
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    session = onnxruntime.InferenceSession(f"{folder}/int8.onnx", settings, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    def encode(samples):
        mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(samples), model.dims.n_mels)[None].numpy()
        start = time.perf_counter()
        session.run(None, {name: mel})
        return time.perf_counter() - start
    return None, encode, None


def work(options):
    kind = options.worker.split()[0]
    make = {"faster-whisper": faster_whisper_worker, "whisper.cpp": whisper_cpp_worker,
            "openai-whisper": openai_worker, "onnxruntime": onnx_worker}[kind]
    # What libraries print is not part of the protocol.
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    transcribe, encode, forced = make(options)
    for line in sys.stdin:
        task = json.loads(line)
        answer = {}
        samples = read_wave(task["path"])
        if task["encode"]:
            answer["encode"] = encode(samples[:30 * RATE])
        if task.get("forced"):
            if forced:
                answer["greedy"] = forced(samples[:30 * RATE], 1)
                answer["beam"] = forced(samples[:30 * RATE], 5)
        elif transcribe:
            start = time.perf_counter()
            answer["text"] = transcribe(samples, task["beam"])
            answer["seconds"] = time.perf_counter() - start
        answer["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(answer), file=output, flush=True)


class Peer:
    def __init__(self, name, options):
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--worker", name, "--models", str(options.models), "--model", options.model,
             "--threads", str(options.threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, "OMP_NUM_THREADS": str(options.threads)})

    def run(self, task):
        print(json.dumps(task), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Ours:
    def __init__(self, name, options, converted):
        self.options = options
        kind = name.split()[1]
        suffix = "" if kind == "f16" else "-" + kind
        self.model = str(converted) if kind == "f32" else f"{options.models}/ggml/ggml-{options.model}{suffix}.bin"

    def run(self, task):
        if task.get("forced"):
            arguments = ["--recording", task["path"], "--encoder-only", "--ids", task["ids"], "--steps", str(FORCED)]
            first, second = (self.bench([*arguments, "--hypotheses", n]) for n in "15")
            greedy, beam = (report["soundKeys"] + report["steps"] for report in (first, second))
            return {"encode": first["encode"], "greedy": (greedy, FORCED), "beam": (beam, FORCED),
                    "peak": second["peak"]}
        report = self.bench(["--recording", task["path"], "--beam-size", str(task["beam"]), "--language", "en",
                             "--no-fallback", "--vad", "off"])
        return {"peak": report["peak"], "encode": report["encode"], "seconds": report["transcribe"],
                "text": report["text"]}

    def bench(self, arguments):
        # A peer keeps its process, so all its rounds but the first are warm; this is a new process each time.
        command = [self.options.program, "bench", "whisper", "-m", self.model, *arguments, "--runs", "2",
                   "--threads", str(self.options.threads)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        output, error = process.stdout.read(), process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            sys.exit(f"{' '.join(command)}\n{error}")
        return {**json.loads(output), "peak": usage.ru_maxrss / 1024}

    def close(self):
        pass


def read_wave(path):
    with wave.open(str(path)) as file:
        assert file.getframerate() == RATE and file.getnchannels() == 1, path
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768


def write_wave(path, samples):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 32768).astype("<i2").tobytes())
    return str(path)


def rivals(name, key, results):
    """The peers that a result of ours is compared with."""
    found = [n for n in results if n in PEERS and results[n].get(key)]
    if name == "swiftrag f32":
        return [n for n in found if n in FLOAT32]
    if key == "encoder s":
        return [n for n in found if n in (BYTES if name != "swiftrag f16" else [*FLOAT32, "whisper.cpp f16"])]
    return found


def table(title, results, keys):
    """Medians; beside a time of ours its ratio to the best rival's."""
    lines = [f"### {title}", "", "| | " + " | ".join(keys) + " |", "|" + "---|" * (len(keys) + 1)]
    for name, own in results.items():
        cells = []
        for key in keys:
            if not own.get(key):
                cells.append("")
                continue
            value = statistics.median(own[key])
            cell = f"{value:.0f}" if key in ("words", "peak MB") or key.endswith("tokens") else f"{value:.2f}"
            others = [statistics.median(results[n][key]) for n in rivals(name, key, results)]
            if name in OURS and key.endswith(" s") and others:
                cell += f" ({value / min(others):.2f})"
            cells.append(cell)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--models", type=pathlib.Path, required=True)
    parser.add_argument("--model", default="base")
    parser.add_argument("--audio", type=pathlib.Path, default=ROOT / "../shared/assets/audio")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cases", default="window,beam,minutes")
    parser.add_argument("--peers", default="")
    parser.add_argument("--program", default=str(ROOT / ".build/release/swiftrag"))
    parser.add_argument("--markdown", type=pathlib.Path)
    parser.add_argument("--worker")
    options = parser.parse_args()
    if options.worker:
        return work(options)
    if not (options.models / "pt").is_dir():
        print(f"whisper_speed.py: skipped, {options.models} has no weights")
        return
    names = options.peers.split(",") if options.peers else [*PEERS, *OURS]
    speech = options.audio / "night1968"
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        contestants = make_contestants(names, options, folder)
        long = [read_wave(next(speech.glob(f"{n}s_*.wav"))) for n in (89, 60, 45)]
        samples = np.concatenate(long)[:180 * RATE]
        paths = {
            "window": write_wave(folder / "window.wav", long[1][:30 * RATE]),
            "minutes": write_wave(folder / "minutes.wav", samples)}
        paths["beam"] = paths["window"]
        output = []
        for case in options.cases.split(","):
            if case == "errors":
                output.append(errors(options, contestants, folder))
                continue
            if case == "tokens":
                output.append(tokens(f"{options.model}, tokens", options, contestants, folder, paths["window"]))
                continue
            if case == "small":
                output.append(small(options, names, folder, paths["window"]))
                continue
            if case == "hour":
                paths["hour"] = write_wave(folder / "hour.wav", np.tile(samples, 20))
            results = {}
            for _ in range(1 if case == "hour" else options.rounds):
                for name, contestant in contestants.items():
                    if case == "hour" and name not in ("faster-whisper int8", "swiftrag q8_0", "swiftrag f16"):
                        continue
                    answer = contestant.run({
                        "path": paths[case], "beam": 5 if case == "beam" else 1, "encode": case in ("window", "beam")})
                    if answer is None:
                        print(f"{name}: ended", file=sys.stderr)
                        continue
                    own = results.setdefault(name, {"encoder s": [], "whole s": [], "rest s": [], "words": [], "peak MB": []})
                    if case in ("window", "beam"):
                        own["encoder s"].append(answer["encode"])
                    if "seconds" in answer:
                        own["whole s"].append(answer["seconds"])
                        own["words"].append(len(answer["text"].split()))
                        if case in ("window", "beam"):
                            own["rest s"].append(answer["seconds"] - answer["encode"])
                    own["peak MB"].append(answer["peak"])
                    print(case, name, {k: round(v, 2) for k, v in answer.items() if k != "text"}, file=sys.stderr, flush=True)
            keys = (["encoder s", "rest s"] if case in ("window", "beam") else []) + ["whole s", "words", "peak MB"]
            output.append(table(f"{options.model}, {case}", results, keys))
        for contestant in contestants.values():
            contestant.close()
    text = "\n".join(output)
    print(text)
    if options.markdown:
        options.markdown.write_text(text)


def make_contestants(names, options, folder):
    converted = folder / f"{options.model}-f32.gguf"
    if "swiftrag f32" in names:
        subprocess.run([options.program, "models", "convert", str(options.models / f"pt/{options.model}.pt"),
                        "--out", str(converted), "--type", "f32"], check=True, capture_output=True)
    return {n: Ours(n, options, converted) if n in OURS else Peer(n, options) for n in names}


def small(options, names, folder, recording):
    """The same with random weights of the shape of small."""
    models = folder / "small"
    if not models.exists():
        import whisper_small
        whisper_small.write(models, options.models)
    options = argparse.Namespace(**{**vars(options), "models": models, "model": "small"})
    contestants = make_contestants([n for n in names if not n.endswith("q5_1")], options, folder)
    text = tokens("shape of small, tokens", options, contestants, folder, recording)
    for contestant in contestants.values():
        contestant.close()
    return text


def tokens(title, options, contestants, folder, recording):
    """The encoder and FORCED tokens; times of texts that ended earlier or later are scaled."""
    ids = folder / "ids.txt"
    ids.write_text(" ".join(map(str, PROMPT)))
    results = {}
    for _ in range(options.rounds):
        for name, contestant in contestants.items():
            answer = contestant.run(
                {"path": recording, "beam": 1, "encode": True, "forced": True, "ids": str(ids)})
            if answer is None:
                print(f"{name}: ended", file=sys.stderr)
                continue
            own = results.setdefault(name, {})
            own.setdefault("encoder s", []).append(answer["encode"])
            own.setdefault("peak MB", []).append(answer["peak"])
            for kind in ("greedy", "beam"):
                if kind in answer:
                    seconds, count = answer[kind]
                    own.setdefault(f"{kind} s", []).append(seconds * FORCED / max(1, count))
                    own.setdefault(f"{kind} tokens", []).append(count)
            print(title, name, answer, file=sys.stderr, flush=True)
    return table(title, results, ["encoder s", "greedy s", "beam s", "greedy tokens", "beam tokens", "peak MB"])


def errors(options, contestants, folder):
    """The table of `swiftrag eval wer` over all recordings with a text, the peers' texts beside ours."""
    recordings = options.audio / "night1968"
    names = sorted(p for p in recordings.glob("*.wav") if p.with_suffix(".txt").exists())
    command = [options.program, "eval", "wer", str(recordings), "-q", "-t", str(options.threads),
               "--no-fallback", "--vad", "off", "--language", "en"]
    for name, contestant in contestants.items():
        if name.startswith("swiftrag"):
            command += ["-m", contestant.model]
        elif not name.startswith("onnxruntime"):
            texts = folder / name.replace(" ", "-")
            texts.mkdir()
            for path in names:
                copy = write_wave(folder / "one.wav", read_wave(path))
                heard = contestant.run({"path": copy, "beam": 1, "encode": False})["text"]
                (texts / path.with_suffix(".txt").name).write_text(heard)
            command += ["--transcripts", f"{texts.name}={texts}"]
    table = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return f"### {options.model}, word error rate\n\n```\n{table}```\n"


if __name__ == "__main__":
    main()
