"""The text of a document as a library that people use extracts it, for extraction_recall.py.

REFERENCES names the library of each type; text(path) returns what it finds. The libraries are pinned in
requirements-documents.txt; pdftotext comes with poppler-utils.
"""

import email
import email.policy
import mailbox
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / ".venv" / "documents"))


def pdf(path):
    result = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True)
    return result.stdout.decode("utf-8", "replace")


def html(path):
    import trafilatura

    return trafilatura.extract(path.read_bytes(), include_comments=False) or ""


def docx(path):
    from docx2python import docx2python

    with docx2python(str(path)) as document:
        return document.text


def pptx(path):
    from pptx import Presentation

    parts = []
    for slide in Presentation(str(path)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                parts.append(shape.text_frame.text)
            if shape.has_table:
                parts += [" ".join(cell.text for cell in row.cells) for row in shape.table.rows]
        if slide.has_notes_slide:
            parts.append(slide.notes_slide.notes_text_frame.text)
    return "\n".join(parts)


def xlsx(path):
    import openpyxl

    book = openpyxl.load_workbook(path, data_only=True)
    rows = [row for sheet in book.worksheets for row in sheet.iter_rows(values_only=True)]
    titles = [sheet.title for sheet in book.worksheets]
    return "\n".join(titles + [" ".join(str(c) for c in row if c is not None) for row in rows])


def opendocument(path):
    from odf import opendocument, teletype

    body = opendocument.load(str(path)).body
    parts = []

    def visit(node):
        if node.qname[1] in ("p", "h"):
            parts.append(teletype.extractText(node))
        else:
            for child in node.childNodes:
                if child.nodeType == child.ELEMENT_NODE:
                    visit(child)

    visit(body)
    return "\n".join(parts)


def epub(path):
    import warnings

    from bs4 import BeautifulSoup
    import ebooklib
    from ebooklib import epub as books

    warnings.simplefilter("ignore")
    book = books.read_epub(str(path), {"ignore_ncx": True})
    pages = [item for item in book.get_items_of_type(ebooklib.ITEM_DOCUMENT)
             if not isinstance(item, books.EpubNav)]
    return "\n".join(BeautifulSoup(page.get_body_content(), "lxml").get_text(" ") for page in pages)


def rtf(path):
    from striprtf.striprtf import rtf_to_text

    return rtf_to_text(path.read_bytes().decode("latin-1"), errors="ignore")


def message_text(message):
    fields = [f"{name}: {message[name]}" for name in ("From", "Subject", "Date") if message[name]]
    body = message.get_body(("plain", "html"))
    text = body.get_content() if body else ""
    if body and body.get_content_subtype() == "html":
        from bs4 import BeautifulSoup

        text = BeautifulSoup(text, "lxml").get_text(" ")
    return "\n".join(fields + [text])


def eml(path):
    return message_text(email.message_from_bytes(path.read_bytes(), policy=email.policy.default))


def mbox(path):
    def parse(file):
        return email.message_from_binary_file(file, policy=email.policy.default)

    return "\n".join(message_text(message) for message in mailbox.mbox(path, factory=parse))


REFERENCES = {
    ".pdf": ("pdftotext", pdf), ".html": ("trafilatura", html), ".htm": ("trafilatura", html),
    ".docx": ("docx2python", docx), ".pptx": ("python-pptx", pptx), ".xlsx": ("openpyxl", xlsx),
    ".odt": ("odfpy", opendocument), ".ods": ("odfpy", opendocument), ".epub": ("EbookLib", epub),
    ".rtf": ("striprtf", rtf), ".eml": ("email", eml), ".mbox": ("mailbox", mbox),
}


def text(path):
    """The text of the file, or None where the library fails or no library is named for its type."""
    _, extract = REFERENCES.get(path.suffix.lower(), (None, None))
    if extract is None:
        return None
    try:
        return extract(path)
    except Exception:  # Whatever a library raises on a damaged file.
        return None
