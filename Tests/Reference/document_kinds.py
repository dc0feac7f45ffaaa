"""Kinds of plain documents for extraction_recall.py: text, Markdown, HTML and PDF, without a library.

To add a kind, write a function that takes a seeded generator and returns the file's bytes, its source
text (one sentence or row per line) and, if words of headers are repeated on purpose, the set of those
words; put `@kind(name, file name extension)` above it.
"""

import re

from make_corpus import PEOPLE, PLACES, THINGS, TOPICS, sentence
from tiny_documents import PDF, text_width, wrap

KINDS = []


def kind(name, extension):
    """Registers a generator of documents."""
    return lambda generate: KINDS.append((name, extension, generate))


def sentences(rng, count):
    return [sentence(rng) for _ in range(count)]


HEADER = ["Place", "Single", "Return", "Visitors"]
COLUMNS = {name.lower() for name in HEADER}


def fares(rng, count):
    """Rows of a table with a header."""
    rows = [HEADER]
    for _ in range(count):
        single = rng.randint(2, 30)
        rows.append([f"{rng.choice(PLACES)} {rng.choice(THINGS)}", f"{single}.50",
                     f"{single * 2 - 1}.00", str(rng.randint(10, 9000))])
    return rows


@kind("TXT, UTF-8", "txt")
def plain(rng):
    lines = sentences(rng, 30)
    text = "\n\n".join("\n".join(wrap(" ".join(lines[n:n + 5]), 10, 400)) for n in range(0, 30, 5))
    return text.encode(), "\n".join(lines)


@kind("TXT, UTF-16LE without a mark", "txt")
def wide(rng):
    lines = sentences(rng, 10)
    return "\r\n".join(lines).encode("utf-16-le"), "\n".join(lines)


@kind("TXT, windows-1252 with few accents", "txt")
def western(rng):
    lines = sentences(rng, 10) + [f"The caf\u00e9 \u201c{rng.choice(PLACES)}\u201d takes 5 \u20ac."]
    return "\n".join(lines).encode("cp1252"), "\n".join(lines)


@kind("TXT, quoted mail", "txt")
def mail(rng):
    lines = sentences(rng, 8)
    quoted = wrap(" ".join(lines[:5]), 10, 350)
    text = "\n".join(["On Monday Ines wrote:"] + ["> " + line for line in quoted] + [""] + lines[5:])
    return text.encode(), "\n".join(["On Monday Ines wrote:"] + lines)


@kind("MD, headings, lists, tables, quotes", "md")
def markdown(rng):
    lines, rows = sentences(rng, 12), fares(rng, 6)
    title = f"On {rng.choice(TOPICS)}"
    quoted = "\n".join("> " + line for line in wrap(" ".join(lines[4:8]), 10, 350))
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    table = table.replace("\n", "\n|---|---|---|---|\n", 1)
    picture = "![](data:image/png;base64," + "iVBORw0KGgo9aB7zQx" * 60 + ")"
    items = "\n".join("- " + line for line in lines[8:])
    text = "\n\n".join([f"# {title}", *lines[:4], quoted, table, picture, items])
    return text.encode(), "\n".join([title, *lines, *map(" ".join, rows)])


@kind("HTML, an article among menus", "html")
def article(rng):
    """What stands around the article is not its text, and is expected to be left out."""
    title, lines, rows = f"On {rng.choice(TOPICS)}", sentences(rng, 24), fares(rng, 8)
    head, *body = ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows]
    menu = "".join(f'<li><a href="#{n}">{rng.choice(THINGS)} menu</a></li>' for n in range(12))
    text = "".join("<p>" + " ".join(lines[n:n + 4]) + "</p>\n" for n in range(0, 16, 4))
    items = "".join(f"<li>{line}" for line in lines[16:20])
    quoted = "<blockquote><p>" + "<br>\n".join(lines[20:]) + "</blockquote>"
    page = (f"<!doctype html><html lang=en><head><title>{title}</title><style>p {{ margin: 0 }}</style>"
            f"<script>var unseen = 1;</script></head><body><nav><ul>{menu}</ul></nav><main><h1>{title}</h1>"
            f"{text}<ul>{items}</ul><table>{head}{''.join(body)}</table>{quoted}</main>"
            f"<footer><a href='#'>Imprint</a></footer></body></html>")
    return page.encode(), "\n".join([title, *lines, *map(" ".join, rows)]), COLUMNS


@kind("PDF, paragraphs", "pdf")
def paragraphs(rng):
    pdf, source = PDF(), []
    for _ in range(3):
        lines = sentences(rng, 12)
        pdf.page([("h1", lines[0]), *[("p", " ".join(lines[n:n + 3])) for n in range(1, 10, 3)]])
        source += lines[:10]
    return pdf.data(), "\n".join(source)


@kind("PDF, two columns", "pdf")
def columns(rng):
    lines = sentences(rng, 30)
    wrapped = wrap(" ".join(lines), 10, 215)
    half = (len(wrapped) + 1) // 2
    texts = [(72 + 245 * (n // half), 72 + 12 * (n % half), line) for n, line in enumerate(wrapped)]
    pdf = PDF()
    pdf.placed(texts)
    return pdf.data(), "\n".join(lines)


def table_page(pdf, rng, leading):
    """A page with a table between paragraphs; returns its sentences and rows."""
    before, after, rows = sentences(rng, 3), sentences(rng, 3), fares(rng, 12)
    texts = [(72, 60 + 12 * n, line) for n, line in enumerate(wrap(" ".join(before), 10, 450))]
    y = texts[-1][1] + 12 + leading
    for row in rows:
        for x, cell in zip([72, 290, 380, 470], row):
            texts.append((x, y, cell + ("<" if x > 72 else "")))
        y += leading
    texts += [(72, y + leading + 12 * n, line) for n, line in enumerate(wrap(" ".join(after), 10, 450))]
    pdf.placed(texts)
    return [*before, *map(" ".join, rows), *after]


@kind("PDF, tables in solid type", "pdf")
def solid_tables(rng):
    pdf = PDF()
    source = table_page(pdf, rng, 12) + table_page(pdf, rng, 12)
    return pdf.data(), "\n".join(source), COLUMNS


@kind("PDF, tables with padded rows", "pdf")
def padded_tables(rng):
    pdf = PDF()
    source = table_page(pdf, rng, 20) + table_page(pdf, rng, 26)
    return pdf.data(), "\n".join(source), COLUMNS


def hyphenated(text, width):
    """Lines with words divided to fill them, and broken after hyphens of the text."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if text_width(longer, 10) <= width:
            line = longer
            continue
        place = word.find("-") + 1 or (len(word) // 2 if len(word) > 4 and word.isalpha() else 0)
        head = word[:place] if "-" in word else word[:place] + "-"
        if place and text_width(f"{line} {head}", 10) <= width:
            lines.append(f"{line} {head}".strip())
            line = word[place:]
        else:
            lines.append(line)
            line = word
    return lines + [line]


@kind("PDF, hyphens at line ends", "pdf")
def hyphens(rng):
    lines = []
    for text in sentences(rng, 25):
        number = rng.randint(20, 80)
        lines.append(f"{text[:-1]}, for {number}-{number + 5} crowns or part {rng.choice(PEOPLE)}-"
                     f"{number} of the well-kept store.")
    pdf = PDF()
    pdf.placed([(72, 60 + 12 * n, line) for n, line in enumerate(hyphenated(" ".join(lines), 260))])
    return pdf.data(), "\n".join(lines)


def words(text):
    return re.findall(r"\w+", text.lower())
