#!/usr/bin/env python3
"""Prints the size and shape of the Swift sources: files, functions, comments, modules.

    Tests/lint/code_size.py [FOLDER]

FOLDER is a checkout, by default this one. A file that two targets link counts once. A function's
length is counted in lines from `func` or `init` to its closing brace; a comment is a line that begins with `//`.
"""
import pathlib
import re
import statistics
import sys

root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
START = re.compile(r"^(\s*)(?:@\w+(?:\([^)]*\))?\s+)*(?:[\w()]+\s+)*(?:func\s+[^\s(<]+|init[?(<])")


def functions(lines):
    """Length and first line of every function, by the indentation of its closing brace."""
    for index, line in enumerate(lines):
        match = START.match(line)
        if not match or line.lstrip().startswith("//"):
            continue
        opened = line.rstrip().endswith("{")
        for end in range(index, min(len(lines), index + 800)):
            text = lines[end]
            if not opened and text.rstrip().endswith("{"):
                opened = True
            if end > index and re.match(rf"^{match.group(1)}}}", text):
                yield end - index + 1, index + 1
                break
            # A requirement of a protocol has no body.
            if not opened and end > index and not text.strip():
                break


def main():
    files = [
        path
        for path in sorted(root.glob("Sources/**/*.swift"))
        if not any(part.is_symlink() for part in [path, *path.parents])
    ]
    sizes, lengths, comments, modules = [], [], 0, {}
    for path in files:
        lines = path.read_text().splitlines()
        name = path.relative_to(root)
        sizes.append((len(lines), str(name)))
        comments += sum(line.lstrip().startswith("//") for line in lines)
        lengths += [(length, f"{name}:{start}") for length, start in functions(lines)]
        module = modules.setdefault(name.parts[1], [0, 0])
        module[0] += 1
        module[1] += len(lines)
    total = sum(size for size, _ in sizes)
    print(f"files               {len(sizes)}")
    print(f"lines               {total}")
    print(f"median file         {statistics.median(size for size, _ in sizes):.0f} lines")
    print("largest files       " + ", ".join(f"{n} {p}" for n, p in sorted(sizes)[:-4:-1]))
    print(f"median function     {statistics.median(n for n, _ in lengths):.0f} lines")
    print("largest functions   " + ", ".join(f"{n} {p}" for n, p in sorted(lengths)[:-4:-1]))
    print(f"comment lines       {100 * comments / total:.1f} %")
    for module, (count, lines) in sorted(modules.items(), key=lambda item: -item[1][1]):
        print(f"  {module:<18}{count:>4} files {lines:>6} lines")


main()
