"""Proves each line of the original system's models page on a copy of its `backend` folder.

    models_folder.py [--minilm DIR] [--whisper DIR] [--llm FILE.gguf]

builds `backend/` from real weights where they are given (MiniLM's folder; a folder with pt/, hf/ and
ggml/ of Whisper; a GGUF file of a language model), from fixtures elsewhere, and for CLIP from seeded
weights of the true shape that OpenAI's and Hugging Face's own code writes. It runs the command that
proves each line, and prints a Markdown table. A command that fails makes the script fail.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests/Fixtures"


def link(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    target.symlink_to(pathlib.Path(source).resolve())


def torch_folder(source, target):
    """A Hugging Face folder with only pytorch_model.bin and config.json, from model.safetensors."""
    import safetensors.torch
    import torch

    target.mkdir(parents=True)
    shutil.copy(source / "config.json", target)
    torch.save(
        safetensors.torch.load_file(source / "model.safetensors"), target / "pytorch_model.bin"
    )


def write_clip(target, work):
    """ViT-B-32.pt as OpenAI's package has it, and Hugging Face's two files."""
    import clip_parity

    work.mkdir()
    clip_parity.write(work, ["hugging-face-bin", "openai-archive"])
    target.mkdir(parents=True)
    shutil.move(work / "openai/ViT-B-32.pt", target / "ViT-B-32.pt")
    shutil.move(work / "hf-bin", target / "clip-vit-base-patch32")
    shutil.rmtree(work)


class Page:
    def __init__(self, program, home):
        self.program, self.home = program, home
        self.rows, self.failed = [], False

    def prove(self, line, *arguments, expect="", status=0, cwd=None, **environment):
        command = " ".join(self.shown(a) for a in arguments)
        result = subprocess.run(
            [self.program, *map(str, arguments)], cwd=cwd or self.home, text=True,
            capture_output=True, stdin=subprocess.DEVNULL,
            env={"HOME": str(self.home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
                 **environment},
        )
        output = result.stdout + result.stderr
        good = result.returncode == status and expect in output
        if not good:
            self.failed = True
            print(f"FAILED {command}\n{output}", file=sys.stderr)
        variables = "".join(f"{k}={self.shown(v)} " for k, v in environment.items())
        shown = next((l for l in output.splitlines() if expect and expect in l), "")
        shown = shown or (output.splitlines() or [""])[0]
        text = f"{variables}swiftrag {command}".replace(str(self.home) + "/", "")
        self.rows.append((line, text, shown.replace(str(self.home) + "/", "")[:110], good))

    def shown(self, argument):
        """An argument as a person types it: quoted, and files outside the folder by name alone."""
        text = str(argument)
        if text.startswith("/") and not text.startswith(str(self.home)):
            text = pathlib.Path(text).name
        return f'"{text}"' if " " in text else text

    def table(self):
        print("| Line of the page | Command | Its answer | |\n|---|---|---|---|")
        for line, command, shown, good in self.rows:
            shown = shown.replace("|", "\\|")
            print(f"| {line} | `{command}` | {shown} | {'yes' if good else '**no**'} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=ROOT / ".build/release/swiftrag")
    parser.add_argument("--minilm", type=pathlib.Path)
    parser.add_argument("--whisper", type=pathlib.Path)
    parser.add_argument("--llm", type=pathlib.Path)
    parser.add_argument("--recording", default=FIXTURES / "sound/speech.wav",
                        type=lambda text: pathlib.Path(text).resolve())
    options = parser.parse_args()
    home = pathlib.Path(tempfile.mkdtemp())
    models = home / "backend/models"
    llm = options.llm or FIXTURES / "pocket/pocket-Q4_K_M.gguf"
    small = options.whisper / "pt/base.pt" if options.whisper else FIXTURES / "whisper/tiny.pt"
    link(llm, models / "llm/mistral-7b-instruct-v0.2.Q4_K_M.gguf")
    link(llm, models / "llm/your-model.gguf")
    link(options.minilm or FIXTURES / "bert/tiny", models / "embeddings/all-MiniLM-L6-v2")
    write_clip(models / "clip", home / "written")
    link(small, models / "whisper/small.pt")
    hf = options.whisper / "hf/base" if options.whisper else FIXTURES / "whisper/tiny-hf"
    torch_folder(hf, models / "whisper/whisper-small")
    (home / "backend/config.yaml").write_text(
        "# the original's keys\nmodel_backend: llama_cpp\n"
        "model_path: ./models/llm/mistral-7b-instruct-v0.2.Q4_K_M.gguf\n"
        "top_k: 3\nmax_tokens: 24\ntemperature: 0.2\n"
    )
    (home / "docs").mkdir()
    (home / "docs/lease.txt").write_text("The monthly rent of the boathouse is 310 crowns.\n")
    picture = next(p for p in sorted((FIXTURES / "pictures").iterdir()) if p.suffix == ".png")
    page = Page(options.program, home)
    use = ["--models", "backend/models"]
    page.prove("`llm/mistral-7b-instruct-v0.2.Q4_K_M.gguf`", "generate", "Name a colour.", "-n", 8,
               "--seed", 1, *use)
    page.prove("`embeddings/all-MiniLM-L6-v2/`", "similar", "cat", "kitten", *use)
    page.prove("`clip/ViT-B-32.pt`", "classify", picture, "--labels", "a cat,a house",
               "-m", "ViT-B-32.pt", *use)
    page.prove("`whisper/small.pt`", "models", "path", "small.pt", *use, expect="small.pt")
    if options.whisper:
        page.prove("`whisper/small.pt` writes down", "transcribe", options.recording, *use)
        page.prove("Whisper: `pytorch_model.bin` and `config.json` alone", "transcribe",
                   options.recording, "-m", "whisper-small", *use)
    page.prove("CLIP: `pytorch_model.bin` and `config.json` alone", "embed", "a text", "--model",
               models / "clip/clip-vit-base-patch32", "--json", *use)
    page.prove("the RAG loop on the folder", "run", "--docs", "docs",
               "What is the monthly rent of the boathouse?", *use, expect="310")
    page.prove("what is in the folder", "models", "ls", *use, expect="model_path in")
    page.prove("all models by one command, about 5 GB", "models", "pull", "all", "--dry-run", *use,
               expect="to download: ")
    for name in ["minilm", "clip-hf", "whisper-small-hf", "mistral", "llama-2-7b-chat",
                 "codellama-7b-instruct", "phi-3-mini-4k-instruct"]:
        page.prove(f"one model: {name}", "models", "pull", name, "--dry-run")
    page.prove("through OpenAI's packages: `ViT-B-32.pt`, `small.pt`", "models", "pull", "clip",
               "whisper-small", "--dry-run", expect="ViT-B-32.pt")
    page.prove("`model_backend: llama_cpp`", "config", "show", *use,
               expect="model_backend    native  (backend/config.yaml)")
    page.prove("started inside `backend`", "config", "show", cwd=home / "backend",
               expect="top_k            3  (config.yaml)")
    page.prove("adding a model: name it in config.yaml", "config", "set", "model_path",
               "./models/llm/your-model.gguf", cwd=home / "backend")
    page.prove("a change takes effect with the next command", "models", "ls", cwd=home / "backend",
               expect="your-model.gguf")
    for name in ["TRANSFORMERS_OFFLINE", "HF_HUB_OFFLINE"]:
        page.prove(f"`{name}=1`", "models", "pull", "mistral", status=77, expect=f"{name} forbids",
                   **{name: "1"})
    page.prove("`TEXT_MODEL_PATH`", "config", "show",
               expect="(environment TEXT_MODEL_PATH)", TEXT_MODEL_PATH=str(llm))
    page.prove("`CLIP_MODEL_PATH`", "config", "show", expect="(environment CLIP_MODEL_PATH)",
               CLIP_MODEL_PATH=str(models / "clip/ViT-B-32.pt"))
    page.prove("`WHISPER_CPP_MODEL=…/whisper/small.pt`", "config", "show",
               expect="(environment WHISPER_CPP_MODEL)",
               WHISPER_CPP_MODEL=str(models / "whisper/small.pt"))
    page.table()
    shutil.rmtree(home)
    sys.exit(1 if page.failed else 0)


main()
