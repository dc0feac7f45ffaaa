"""Records cases of html5lib's tests of tree construction for Tests/DocumentsTests/HTMLTreeTests.swift.

    html5lib_cases.py FOLDER > Tests/Fixtures/documents/html5lib.json

FOLDER is tree-construction of https://github.com/html5lib/html5lib-tests (MIT). A row of the result is the page and the
lines of its tree. Left out, as the reader has no use for them: fragments, framesets, pages without scripting, comments,
document types and attributes; and the cases of DEVIATIONS, whose reasons are given.
"""

import json
import pathlib
import sys

FILES = """adoption01 adoption02 blocks comments01 entities01 entities02 html5test-com inbody01 main-element math
 namespace-sensitivity ruby scriptdata01 search-element svg tables01 template tests1 tests2 tests3 tests6 tests7 tests8
 tests9 tests10 tests11 tests14 tests15 tests16 tests17 tests18 tests19 tests20 tests22 tests23 tests25 tests26
 tricky01 webkit01 webkit02""".split()
# Input -> why the tree differs.
DEVIATIONS = {}


def cases(text):
    """Yields input and document of each case."""
    for case in ("\n" + text).split("\n#data\n")[1:]:
        page, _, rest = case.partition("\n#errors")
        if "\n#document-fragment" in case or "\n#script-off" in rest or "\n#document\n" not in rest:
            continue
        tree = rest.split("\n#document\n")[1].rstrip("\n")
        if "<frame" not in tree and "<frame" not in page and "\0" not in page and "\r" not in page:
            yield page, tree


def lines(tree):
    """The elements and texts of a tree, texts that only a comment parted joined."""
    found, kind, content = [], "", []
    for line in tree.split("\n"):
        if not line.startswith("| "):
            if kind == "text":
                found[-1] += "\n" + line
            continue
        body = line[2:].lstrip(" ")
        depth = len(line) - 2 - len(body)
        while content and depth <= content[-1]:
            content.pop()
        if body == "content":
            content.append(depth)
            kind = "other"
            continue
        indent = " " * (depth - 2 * len(content))
        if body.startswith('"'):
            kind = "text"
            found.append(indent + body)
        elif body.startswith("<") and body.endswith(">") and not body.startswith(("<!", "<?")):
            kind = "element"
            found.append((indent + body).lower())
        else:
            kind = "other"
    joined = []
    for line in found:
        indent = line[: len(line) - len(line.lstrip(" "))]
        is_text = line[len(indent) :].startswith('"')
        if joined and is_text and joined[-1].startswith(indent + '"'):
            joined[-1] = joined[-1][:-1] + line[len(indent) + 1 :]
        else:
            joined.append(line)
    return joined


rows = []
for name in FILES:
    text = pathlib.Path(sys.argv[1], name + ".dat").read_text("utf-8")
    rows += [[page, *lines(tree)] for page, tree in cases(text) if page not in DEVIATIONS]
print("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]")
