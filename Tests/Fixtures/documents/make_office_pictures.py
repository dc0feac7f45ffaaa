#!/usr/bin/env python3
"""Makes office documents and a book with pictures: pictures.pptx, .odt, .odp, .xlsx and .epub.

Run it with the packages of requirements-documents.txt, as make_type_fixtures.py says; the writers are
public libraries, so that our readers are tested against files that we did not write ourselves.
"""

import io
import itertools
import uuid

import xlsxwriter
from ebooklib import epub
from odf import draw, opendocument, style, svg, text
from odf.opendocument import OpenDocumentPresentation, OpenDocumentText
from PIL import Image, ImageDraw
from pptx import Presentation
from pptx.util import Inches

from make_type_fixtures import HERE, WHEN, rezip


def disc(colour):
    """A disc on grey, 80 x 60 pixels."""
    picture = Image.new("RGB", (80, 60), (120, 120, 120))
    ImageDraw.Draw(picture).ellipse((20, 10, 60, 50), fill=colour)
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


# odfpy names pictures at random.
COUNTER = itertools.count(1)
opendocument.uuid.uuid4 = lambda: uuid.UUID(int=next(COUNTER))

RED, BLUE, GREEN = disc((210, 30, 30)), disc((30, 60, 210)), disc((20, 150, 40))


def make_slides():
    """A picture with alternative text, one without, and the first again on another slide."""
    path = HERE / "pictures.pptx"
    show = Presentation()
    show.core_properties.created = show.core_properties.modified = WHEN
    first, second = (show.slides.add_slide(show.slide_layouts[5]) for _ in range(2))
    first.shapes.title.text, second.shapes.title.text = "The signals", "The lamps"
    red = first.shapes.add_picture(io.BytesIO(RED), Inches(1), Inches(2))
    red._element.nvPicPr.cNvPr.set("descr", "a red disc on the mast")
    blue = second.shapes.add_picture(io.BytesIO(BLUE), Inches(1), Inches(2))
    blue._element.nvPicPr.cNvPr.attrib.pop("descr", None)
    second.shapes.add_picture(io.BytesIO(RED), Inches(4), Inches(2))
    show.save(str(path))
    rezip(path)


def framed(document, data, name, alternative=None, **anchor):
    """A frame with a picture, as LibreOffice writes it: the alternative text follows the picture."""
    frame = draw.Frame(width="3cm", height="2cm", **anchor)
    frame.addElement(draw.Image(href=document.addPictureFromString(data, "image/png")))
    if alternative:
        frame.addElement(svg.Title(text=name))
        frame.addElement(svg.Desc(text=alternative))
    return frame


def make_text():
    """A picture with alternative text, and one in a box with its caption."""
    path = HERE / "pictures.odt"
    document = OpenDocumentText()
    document.text.addElement(text.H(outlinelevel=1, text="The signals"))
    paragraph = text.P(text="A disc is shown")
    paragraph.addElement(framed(document, RED, "Signal", "a red disc on the mast",
                                anchortype="as-char"))
    paragraph.addText(" at noon.")
    document.text.addElement(paragraph)
    box, outer = draw.TextBox(), draw.Frame(width="4cm", height="3cm", anchortype="paragraph")
    caption = text.P()
    caption.addElement(framed(document, BLUE, "", anchortype="as-char"))
    caption.addText("Figure 1: the blue disc at night")
    box.addElement(caption)
    outer.addElement(box)
    holder = text.P(text="It is lit at dusk.")
    holder.addElement(outer)
    document.text.addElement(holder)
    document.save(str(path))
    rezip(path, first="mimetype")


def make_odp():
    path = HERE / "pictures.odp"
    document = OpenDocumentPresentation()
    layout = style.PageLayout(name="L")
    document.automaticstyles.addElement(layout)
    master = style.MasterPage(name="M", pagelayoutname=layout)
    document.masterstyles.addElement(master)
    for name, data in (("Signals", RED), ("Lamps", GREEN)):
        page = draw.Page(name=name, masterpagename=master)
        frame, box = draw.Frame(width="9cm", height="2cm"), draw.TextBox()
        box.addElement(text.P(text=name))
        frame.addElement(box)
        page.addElement(frame)
        page.addElement(framed(document, data, name, "a disc of the slide " + name))
        document.presentation.addElement(page)
    document.save(str(path))
    rezip(path, first="mimetype")


def make_workbook():
    path = HERE / "pictures.xlsx"
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": WHEN})
    sheet = book.add_worksheet("Signals")
    sheet.write_row("A1", ["Signal", "Hour"])
    sheet.write_row("A2", ["red disc", 12])
    sheet.insert_image("D4", "red.png", {"image_data": io.BytesIO(RED),
                                         "description": "the red disc in the sheet"})
    book.close()
    rezip(path)


def make_book():
    """A picture in a folder beside the chapters, twice, one that is missing, and a drawing."""
    path = HERE / "pictures.epub"
    book = epub.EpubBook()
    book.set_identifier("pictures")
    book.set_title("The signals")
    book.set_language("en")
    book.add_item(epub.EpubImage(uid="red", file_name="images/red disc.png", media_type="image/png",
                                 content=RED))
    chapters = []
    for number, body in enumerate((
        '<p>Before it.</p><figure><img src="../images/red%20disc.png" alt="a red disc"/>'
        "<figcaption>The disc of noon</figcaption></figure><p>After it.</p>",
        '<p>Again.</p><img src="../images/red%20disc.png" alt=""/>'
        '<img src="../images/lost.png" alt="lost"/><img src="a.svg" alt="drawn"/>'), 1):
        chapter = epub.EpubHtml(title=f"Chapter {number}", file_name=f"text/c{number}.xhtml",
                                lang="en")
        chapter.content = f"<html><body><h1>Chapter {number}</h1>{body}</body></html>"
        book.add_item(chapter)
        chapters.append(chapter)
    book.toc = [epub.Link(c.file_name, c.title, f"c{i}") for i, c in enumerate(chapters)]
    book.add_item(epub.EpubNcx())
    book.add_item(epub.EpubNav())
    book.spine = chapters
    epub.write_epub(str(path), book)
    rezip(path, first="mimetype")


if __name__ == "__main__":
    make_slides()
    make_text()
    make_odp()
    make_workbook()
    make_book()
