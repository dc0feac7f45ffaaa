#!/usr/bin/env python3
"""Makes the document fixtures of this folder; run it from anywhere, standard library only."""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "Reference"))
from tiny_documents import PDF, W, XML, docx_body, docx_parts, write_zip  # noqa: E402


def pdf_pages():
    pdf = PDF()
    pdf.page(
        [
            ("h1", "The Lantern Handbook"),
            ("p", "The lantern burns for nine hours on one filling. Trim the wick to four "
                  "millimetres before lighting it, and keep the glass clean."),
            ("table", [["Part", "Number"], ["Wick", "LH-12"], ["Glass", "LH-40"]]),
        ]
    )
    pdf.page([("h2", "Storage"), ("p", "Store the lantern empty, in a dry place.")])
    pdf.page([])
    pdf.page([("p", "Caf\u00e9 lanterns \u201cdeluxe\u201d cost \u20ac25.")], footer="page 4")
    return pdf


def make_pdfs():
    (HERE / "pages.pdf").write_bytes(pdf_pages().data())
    scan = PDF()
    scan.pages = [b"100 100 300 500 re f", b"50 50 100 100 re f"]
    (HERE / "scan.pdf").write_bytes(scan.data())
    # A user password that nobody knows: random O and U entries, so the empty password fails.
    lock = (
        b" /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>]"
        % (b"5A" * 32, b"A5" * 32)
    )
    (HERE / "locked.pdf").write_bytes(pdf_pages().data(encrypt=lock))


NOTES = (
    XML + f'<w:footnotes xmlns:w="{W}">'
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:t>----</w:t></w:r></w:p></w:footnote>'
    '<w:footnote w:id="2"><w:p><w:r><w:t>Measured at the north gate.</w:t></w:r></w:p>'
    "</w:footnote></w:footnotes>"
)

SPECIAL = (
    "<w:p><w:r><w:t>Kept </w:t></w:r>"
    "<w:del><w:r><w:delText>deleted </w:delText></w:r></w:del>"
    "<w:ins><w:r><w:t>inserted</w:t></w:r></w:ins>"
    "<w:r><w:tab/><w:t>after tab</w:t><w:br/><w:t>second line</w:t></w:r>"
    "<w:r><w:footnoteReference w:id=\"2\"/></w:r>"
    "<w:r><w:fldChar/><w:instrText> PAGE </w:instrText></w:r></w:p>"
)


def make_docx():
    blocks = [
        ("title", "Report on the Weir"),
        ("h1", "Water levels"),
        ("p", "The level rose by 12 cm in March & fell again in April."),
        ("li", "Gauge A: 140 cm"),
        ("li", "Gauge B: 152 cm"),
        ("h2", "Repairs"),
        ("table", [["Date", "Work"], ["3 May", "New boards"], ["9 May", ""]]),
        ("xml", SPECIAL),
    ]
    more = {"word/footnotes.xml": NOTES}
    parts = docx_parts(docx_body(blocks), title="Weir report 2025", more=more)
    write_zip(HERE / "report.docx", parts)
    # German Word: other identifiers, the English names in the style part.
    german = parts["word/styles.xml"].replace('"Heading', '"berschrift')
    body = parts["word/document.xml"].replace('"Heading', '"berschrift')
    write_zip(HERE / "german.docx", {**parts, "word/styles.xml": german, "word/document.xml": body})
    laughs = (
        '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        + "".join(
            f'<!ENTITY {chr(99 + n)} "{("&" + chr(98 + n) + ";") * 8}">' for n in range(12)
        )
        + f']><w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&n;</w:t></w:r></w:p></w:body>'
        "</w:document>"
    )
    write_zip(HERE / "laughs.docx", {**parts, "word/document.xml": laughs})
    outside = (
        '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
        f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&secret;</w:t></w:r></w:p></w:body>'
        "</w:document>"
    )
    write_zip(HERE / "outside.docx", {**parts, "word/document.xml": outside})
    # 40 MB of zeros in 40 kB: over 100 to 1.
    write_zip(HERE / "bomb.docx", {**parts, "word/document.xml": b"0" * 40_000_000})
    write_zip(HERE / "book.epub.zip", {"mimetype": "application/epub+zip", "a.xhtml": "<p>a</p>"})


if __name__ == "__main__":
    make_pdfs()
    make_docx()
