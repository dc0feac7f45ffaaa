#!/usr/bin/env python3
"""Makes the documents with pictures of this folder: pictures.docx and scanned.pdf.

Needs Pillow at the version of Tests/Reference/requirements.txt; run it from anywhere with
.venv/bin/python.
"""

import io
import pathlib
import sys
import time

from PIL import Image, ImageDraw, ImageFont

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "Reference"))
from tiny_documents import docx_body, docx_parts, write_zip  # noqa: E402

DRAWING = (
    '<w:p><w:r><w:drawing><wp:inline '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    '<wp:docPr id="{id}" name="Picture {id}"{descr}/>'
    '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData>'
    '<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill>'
    '<a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'r:embed="{rel}"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline>'
    "</w:drawing></w:r></w:p>"
)
CAPTION = '<w:p><w:pPr><w:pStyle w:val="Caption"/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
RELATIONSHIPS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId7" Type="image" Target="media/image1.png"/>'
    '<Relationship Id="rId8" Type="image" Target="/word/media/image2.jpeg"/>'
    '<Relationship Id="rId9" Type="image" TargetMode="External" Target="https://e.org/a.png"/>'
    "</Relationships>"
)


def encoded(picture, kind):
    data = io.BytesIO()
    picture.save(data, kind)
    return data.getvalue()


def make_docx():
    square = Image.new("RGB", (80, 60), (230, 225, 210))
    ImageDraw.Draw(square).rectangle((20, 10, 60, 50), fill=(200, 30, 30))
    discs = Image.new("RGB", (96, 64), (20, 40, 90))
    draw = ImageDraw.Draw(discs)
    draw.ellipse((8, 16, 40, 48), fill=(240, 220, 60))
    draw.ellipse((52, 16, 84, 48), fill=(240, 220, 60))
    descr = ' descr="a red square"'
    blocks = [
        ("title", "The yard"),
        ("p", "Before the picture."),
        ("xml", DRAWING.format(id=1, rel="rId7", descr=descr)),
        ("xml", CAPTION.format("Figure 1: the square in the yard")),
        ("p", "The yard was paved in 1962 with slabs from the quarry at Brede."),
        ("xml", DRAWING.format(id=2, rel="rId8", descr="")),
        ("xml", CAPTION.format("Figure 2: two discs")),
        # A second use of a picture, one on the network, and one that is missing.
        ("xml", DRAWING.format(id=3, rel="rId7", descr=descr)),
        ("xml", DRAWING.format(id=4, rel="rId9", descr="")),
        ("xml", DRAWING.format(id=5, rel="rId99", descr="")),
        ("p", "After the pictures."),
    ]
    more = {
        "word/_rels/document.xml.rels": RELATIONSHIPS,
        "word/media/image1.png": encoded(square, "PNG"),
        "word/media/image2.jpeg": encoded(discs, "JPEG"),
    }
    write_zip(HERE / "pictures.docx", docx_parts(docx_body(blocks), title="The yard", more=more))


PAGES = [
    ["Minutes of the boat club", "", "The new pier opens on 14 May.",
     "The harbour master is Ingrid Solberg.", "Berths cost 350 crowns a season."],
    ["Second page", "", "Life jackets hang in the blue shed."],
]


def make_scan():
    font = ImageFont.load_default(size=40)
    pages = []
    for lines in PAGES:
        page = Image.new("L", (1240, 1754), 255)
        draw = ImageDraw.Draw(page)
        for number, line in enumerate(lines):
            draw.text((120, 160 + 70 * number), line, font=font, fill=0)
        pages.append(page.point(lambda sample: 255 if sample > 128 else 0).convert("1"))
    # The last page is empty.
    pages.append(Image.new("1", (1240, 1754), 1))
    moment = time.gmtime(0)
    pages[0].save(
        HERE / "scanned.pdf", "PDF", resolution=150, save_all=True, append_images=pages[1:],
        creationDate=moment, modDate=moment)


if __name__ == "__main__":
    make_docx()
    make_scan()
