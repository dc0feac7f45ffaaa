"""Kinds of documents for extraction_recall.py that take a library, or a nested format, to write.

Each is written by a public library from words of a made-up language, so that every word occurs by
intent. The libraries are pinned in requirements-documents.txt.
"""

import csv
import email.message
import json
import pathlib
import random
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / ".venv" / "documents"))

import docx  # noqa: E402
import openpyxl  # noqa: E402
import xlsxwriter  # noqa: E402
from ebooklib import epub  # noqa: E402
from odf import text as odf_text  # noqa: E402
from odf import table as odf_table  # noqa: E402
from odf.opendocument import OpenDocumentSpreadsheet, OpenDocumentText  # noqa: E402
from pptx import Presentation  # noqa: E402

from document_kinds import kind, words  # noqa: E402

SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu é ř ж".split()


class Source:
    """Draws sentences and tables, and records every line of them.

    Words in `headers` may stand more often in the extracted text than in the source: the name of a
    column before each of its values repeats the header on purpose.
    """

    def __init__(self, generator):
        self.random = generator
        self.lines = []
        self.headers = set()

    def word(self):
        return "".join(self.random.choice(SYLLABLES) for _ in range(self.random.randint(2, 4)))

    def note(self, text):
        self.lines.append(text)
        return text

    def sentence(self):
        words = [self.word() for _ in range(self.random.randint(5, 14))]
        return self.note(" ".join(words).capitalize() + ".")

    def paragraph(self):
        return " ".join(self.sentence() for _ in range(self.random.randint(1, 4)))

    def title(self):
        return self.note(" ".join(self.word() for _ in range(3)))

    def table(self, rows=12, columns=4):
        header = [self.note(self.word() + str(i)) for i in range(columns)]
        for name in header:
            self.headers.update(words(name))
        body = []
        for _ in range(rows):
            cells = [self.note(self.word())]
            cells += [self.note(str(self.random.randint(1, 99999))) for _ in range(columns - 2)]
            body.append(cells + [self.note(" ".join(self.word() for _ in range(3)))])
        return header, body


def write_csv(source, path):
    header, body = source.table(rows=80)
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header] + body)


def write_tsv(source, path):
    header, body = source.table(rows=80)
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter="\t").writerows([header] + body)


def write_xlsx(source, path):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for _ in range(3):
        sheet = book.create_sheet(source.title())
        header, body = source.table(rows=30)
        sheet.append(header)
        for row in body:
            sheet.append([int(cell) if cell.isdigit() else cell for cell in row])
    book.save(path)


def write_xlsx2(source, path):
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet(source.note(source.word()))
    sheet.write(0, 0, source.title())
    header, body = source.table(rows=60)
    for number, row in enumerate([header] + body):
        for column, cell in enumerate(row):
            value = int(cell) if cell.isdigit() else cell
            sheet.write(2 + number, column, value)
    book.close()


def write_pptx(source, path):
    deck = Presentation()
    for _ in range(8):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = source.title()
        frame = slide.placeholders[1].text_frame
        frame.text = source.sentence()
        for _ in range(3):
            frame.add_paragraph().text = source.sentence()
        slide.notes_slide.notes_text_frame.text = source.paragraph()
    # Notes are said to be notes.
    source.headers.add("notes")
    deck.save(path)


def write_odt(source, path):
    document = OpenDocumentText()
    for _ in range(6):
        document.text.addElement(odf_text.H(outlinelevel=2, text=source.title()))
        for _ in range(3):
            document.text.addElement(odf_text.P(text=source.paragraph()))
        items = odf_text.List()
        for _ in range(4):
            item = odf_text.ListItem()
            item.addElement(odf_text.P(text=source.sentence()))
            items.addElement(item)
        document.text.addElement(items)
    document.save(path)


def write_ods(source, path):
    document = OpenDocumentSpreadsheet()
    header, body = source.table(rows=50)
    grid = odf_table.Table(name=source.note(source.word()))
    for row in [header] + body:
        line = odf_table.TableRow()
        for cell in row:
            number = {"valuetype": "float", "value": cell} if cell.isdigit() else {"valuetype": "string"}
            item = odf_table.TableCell(**number)
            item.addElement(odf_text.P(text=cell))
            line.addElement(item)
        grid.addElement(line)
    document.spreadsheet.addElement(grid)
    document.save(path)


def write_epub(source, path):
    book = epub.EpubBook()
    book.set_identifier("recall")
    book.set_title("Book")
    chapters = []
    for number in range(5):
        title = source.title()
        chapter = epub.EpubHtml(title=title, file_name=f"c{number}.xhtml")
        body = "".join(f"<p>{source.paragraph()}</p>" for _ in range(5))
        chapter.content = f"<html><body><h1>{title}</h1>{body}</body></html>"
        book.add_item(chapter)
        chapters.append(chapter)
    book.toc = chapters
    book.add_item(epub.EpubNcx())
    book.add_item(epub.EpubNav())
    book.spine = ["nav"] + chapters
    epub.write_epub(str(path), book)


def mail(source):
    message = email.message.EmailMessage()
    message["From"] = source.note(source.word()) + "@example.org"
    message["Subject"] = source.title()
    message["Date"] = "Fri, 01 May 2026 10:00:00 +0000"
    source.note("From: @example.org Date: Fri, 01 May 2026 10:00:00 +0000")
    message.set_content("\n\n".join(source.paragraph() for _ in range(4)) + "\n",
                        cte=source.random.choice(["quoted-printable", "base64", "8bit"]))
    return message


def write_eml(source, path):
    path.write_bytes(mail(source).as_bytes())


def write_mbox(source, path):
    data = b"".join(
        b"From a@example.org Fri May  1 10:00:00 2026\n" + mail(source).as_bytes() + b"\n"
        for _ in range(10))
    path.write_bytes(data)


def write_rtf(source, path):
    def escaped(text):
        return "".join(c if ord(c) < 128 else f"\\u{ord(c)}?" for c in text)
    body = "".join(
        f"\\pard\\s1 {escaped(source.title())}\\par\\pard\\s0 {escaped(source.paragraph())}\\par\n"
        for _ in range(12))
    path.write_text("{\\rtf1\\ansi{\\stylesheet{\\s1 heading 1;}}" + body + "}", encoding="ascii")


def write_json(source, path):
    def key():
        name = source.word()
        source.headers.update(words(name))
        return source.note(name)
    names = [key() for _ in range(3)]
    records = [{name: source.sentence() for name in names} for _ in range(30)]
    data = {key(): {key(): source.sentence(), key(): 5}, key(): records}
    source.note("5")
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


def write_jsonl(source, path):
    names = [source.note(source.word()) for _ in range(3)]
    source.headers.update(token for name in names for token in words(name))
    lines = [json.dumps({name: source.sentence() for name in names}) for _ in range(40)]
    path.write_text("\n".join(lines) + "\n")


def write_notebook(source, path):
    cells = []
    for _ in range(8):
        cells.append({"cell_type": "markdown", "metadata": {},
                      "source": [f"## {source.title()}\n", "\n", source.paragraph()]})
        cells.append({"cell_type": "code", "metadata": {}, "execution_count": 1,
                      "source": source.note("print('" + source.word() + "')"),
                      "outputs": [{"output_type": "stream", "name": "stdout",
                                   "text": [source.sentence()]}]})
        source.headers.add("output")
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))


def write_srt(source, path):
    cues = []
    for number in range(60):
        start, end = number * 2, number * 2 + 2
        cues.append(f"{number + 1}\n00:{start // 60:02}:{start % 60:02},000 --> "
                    f"00:{end // 60:02}:{end % 60:02},000\n{source.sentence()}\n")
    path.write_text("\n".join(cues), encoding="utf-8")


def write_rst(source, path):
    parts = []
    for _ in range(8):
        title = source.title()
        parts += [title, "=" * len(title), "", source.paragraph(), ""]
    path.write_text("\n".join(parts), encoding="utf-8")


def write_code(source, path):
    parts = []
    for _ in range(12):
        name = source.note("f" + source.word())
        parts.append(f"# {source.sentence()}\ndef {name}():\n    return 1\n")
        source.note("def return 1")
    path.write_text("\n".join(parts), encoding="utf-8")


def write_docx(source, path):
    document = docx.Document()
    for _ in range(5):
        document.add_heading(source.title(), level=2)
        for _ in range(3):
            document.add_paragraph(source.paragraph())
        for _ in range(4):
            document.add_paragraph(source.sentence(), style="List Bullet")
        header, body = source.table(rows=10)
        grid = document.add_table(rows=0, cols=len(header))
        for row in [header] + body:
            for cell, text in zip(grid.add_row().cells, row):
                cell.text = text
    document.save(path)


WRITERS = {
    "DOCX": ("docx", write_docx), "PPTX": ("pptx", write_pptx), "XLSX, openpyxl": ("xlsx", write_xlsx),
    "XLSX, xlsxwriter": ("xlsx", write_xlsx2), "ODT": ("odt", write_odt), "ODS": ("ods", write_ods),
    "RTF": ("rtf", write_rtf), "EPUB": ("epub", write_epub), "EML": ("eml", write_eml),
    "MBOX": ("mbox", write_mbox), "CSV": ("csv", write_csv), "TSV": ("tsv", write_tsv),
    "JSON": ("json", write_json), "JSONL": ("jsonl", write_jsonl), "IPYNB": ("ipynb", write_notebook),
    "SRT": ("srt", write_srt), "RST": ("rst", write_rst), "source code": ("py", write_code),
}


def written(write, extension):
    """A generator of documents that calls write, which saves the document at a path."""

    def generate(rng):
        source = Source(rng)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / f"document.{extension}"
            write(source, path)
            return path.read_bytes(), "\n".join(source.lines), source.headers

    return generate


for name, (extension, write) in WRITERS.items():
    kind(name, extension)(written(write, extension))
