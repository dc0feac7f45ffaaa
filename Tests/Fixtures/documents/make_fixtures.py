#!/usr/bin/env python3
"""Makes the document fixtures of this folder; run it from anywhere, standard library only."""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "Reference"))
from tiny_documents import PDF, W, XML, docx_body, docx_parts, wrap, write_zip  # noqa: E402


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
    (HERE / "layouts.pdf").write_bytes(pdf_layouts().data())
    scan = PDF()
    scan.pages = [b"100 100 300 500 re f", b"50 50 100 100 re f"]
    (HERE / "scan.pdf").write_bytes(scan.data())
    # A user password that nobody knows: random O and U entries, so the empty password fails.
    lock = (
        b" /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>]"
        % (b"5A" * 32, b"A5" * 32)
    )
    (HERE / "locked.pdf").write_bytes(pdf_pages().data(encrypt=lock))


PROSE = (
    "The harbour office keeps a list of every boat that has used the quay since the new wall was "
    "built, and the list is read aloud at the annual meeting in the hall. Members who cannot "
    "attend may ask for a copy, which costs two crowns and is sent by post within a week."
)


def lines_of(text, x, y, width, leading=12):
    return [(x, y + leading * n, line) for n, line in enumerate(wrap(text, 10, width))]


def rows_of(rows, columns, y, leading):
    return [
        (x, y + leading * n, cell)
        for n, row in enumerate(rows)
        for x, cell in zip(columns, row)
        if cell
    ]


def pdf_layouts():
    """Layouts that a reader of words must tell apart, one on each page."""
    fares = [
        ["Boat", "Single", "Return"], ["Harbour ferry", "4.00", "7.00"],
        ["Island ferry", "9.50", "16.00"], ["Night boat", "22.00", "40.00"],
        ["Seal tour", "15.00", ""], ["Mill train", "3.20", "5.80"],
    ]
    pdf = PDF()
    # 1: rows as close as the lines of the paragraphs around them.
    pdf.placed(
        lines_of(PROSE, 72, 72, 450) + rows_of(fares, [160, 240, 300], 120, 12)
        + lines_of(PROSE, 72, 204, 450)
    )
    # 2: padded rows with wrapped cells and figures set to the right.
    pdf.placed(
        [(72, 80, "Boat"), (210, 80, "Fare<"), (240, 80, "Conditions")]
        + lines_of("Harbour ferry across the inner bay", 72, 104, 90) + [(210, 104, "4.00<")]
        + lines_of("daily from nine to five, but never in a storm", 240, 104, 120)
        + [(72, 152, "Night boat"), (210, 152, "22.00<")]
        + lines_of("in summer only; children under seven travel free", 240, 152, 120)
        + [(72, 200, "Seal tour"), (210, 200, "15.00<"), (240, 200, "when the sea is calm")]
    )
    # 3: two columns of text below a title.
    pdf.placed(
        [(72, 60, "The quay and its list")]
        + lines_of("Left begins. " + PROSE + " " + PROSE + " Left ends.", 72, 90, 210)
        + lines_of("Right begins. " + PROSE + " " + PROSE + " Right ends.", 312, 90, 210)
    )
    # 4: a table inside the left one of two columns.
    pdf.placed(
        lines_of("Left begins. " + PROSE + " " + PROSE, 72, 60, 210)
        + rows_of(fares, [80, 160, 220], 280, 18)
        + lines_of("Below the table. " + PROSE, 72, 400, 210)
        + lines_of("Right begins. " + " ".join([PROSE] * 4), 312, 60, 210)
    )
    # 5: an index in two columns.
    words = (
        "anchor ballast beacon bollard buoy capstan cleat compass davit derrick fender ferry "
        "gangway gunwale halyard harbour hawser jetty keel lamp"
    ).split()
    index = [f"{word}, {number + 3}" for number, word in enumerate(words)]
    pdf.placed([(72 + 240 * (n // 10), 60 + 14 * (n % 10), line) for n, line in enumerate(index)])
    # 6: fields of a form, a list, and hyphens at line ends.
    pdf.placed(
        rows_of(
            [["Telephone:", "555-0134"], ["Harbour master:", "Odd Hagen"]], [72, 200], 60, 14
        )
        + [(72, 110 + 20 * n, "\u2022") for n in range(3)]
        + [(90, 110 + 20 * n, f"Point {n + 1} of the list") for n in range(3)]
        + [
            (72, 200 + 12 * n, line)
            for n, line in enumerate(
                ["The well-", "known pump costs 20-", "25 crowns and 300 kilo-",
                 "grams of coal, from 1914-", "1918 prices; part AB-", "12, the Anglo-",
                 "Saxon model, and pre-", "and post-war ones. It is well-known."]
            )
        ]
    )
    return pdf


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
