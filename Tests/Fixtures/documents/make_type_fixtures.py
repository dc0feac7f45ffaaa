#!/usr/bin/env python3
"""Makes the fixtures of office documents, mail and books in this folder.

Run it with the packages of requirements-documents.txt (Tests/Reference):

    python3 -m venv /tmp/documents && /tmp/documents/bin/pip install -r \\
        Tests/Reference/requirements-documents.txt
    /tmp/documents/bin/python Tests/Fixtures/documents/make_type_fixtures.py

What each file contains is repeated in Tests/DocumentsTests; the writers are public libraries, so that
our readers are tested against files that we did not write ourselves.
"""

import datetime
import email.message
import email.policy
import io
import pathlib
import re
import zipfile

import openpyxl
import xlsxwriter
from ebooklib import epub
from odf import draw, office, opendocument, style, table, text
from odf.opendocument import OpenDocumentPresentation, OpenDocumentSpreadsheet, OpenDocumentText
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

HERE = pathlib.Path(__file__).resolve().parent
WHEN = datetime.datetime(2026, 5, 1, 10, 0, 0)


def rezip(path, first=None):
    """Writes the members again with one date, so that the file is the same in every run."""
    with zipfile.ZipFile(path) as old:
        # A chart's own workbook has the time of its making, and no reader needs it.
        members = [
            (name, b"" if "/embeddings/" in name else old.read(name)) for name in old.namelist()
        ]
    # The libraries note the time of writing.
    stamp = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
    members = [
        (name, stamp.sub(b"2026-05-01T10:00:00Z", data) if name.endswith((".xml", ".opf")) else data)
        for name, data in members
    ]
    if first:
        members.sort(key=lambda member: member[0] != first)
    with zipfile.ZipFile(path, "w") as new:
        for name, data in members:
            info = zipfile.ZipInfo(name, (2026, 5, 1, 10, 0, 0))
            stored = name == first
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            new.writestr(info, data)


def make_workbook():
    """Dates, money, percentages, formulas with values, merged cells, two sheets, a title row."""
    path = HERE / "ferry.xlsx"
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"title": "Ferry prices", "created": WHEN})
    bold = book.add_format({"bold": True})
    money = book.add_format({"num_format": "#,##0.00"})
    euro = book.add_format({"num_format": '[$€-407] #,##0.00'})
    date = book.add_format({"num_format": "dd.mm.yyyy"})
    clock = book.add_format({"num_format": "hh:mm"})
    percent = book.add_format({"num_format": "0.0%"})
    prices = book.add_worksheet("Prices")
    prices.merge_range("A1:E1", "Prices of the night boat", bold)
    prices.write_row("A3", ["Ticket", "Single", "Return", "Valid from", "Discount"], bold)
    rows = [
        ("Adult", 1250, 2100.5, datetime.date(2026, 3, 14), 0),
        ("Child", 625.25, 1050, datetime.date(2026, 3, 14), 0.125),
        ("Bicycle", 90, 150, datetime.date(2026, 4, 1), 0.05),
    ]
    for index, (name, single, back, day, discount) in enumerate(rows):
        prices.write(3 + index, 0, name)
        prices.write_number(3 + index, 1, single, money)
        prices.write_number(3 + index, 2, back, euro)
        prices.write_datetime(3 + index, 3, datetime.datetime.combine(day, datetime.time()), date)
        prices.write_number(3 + index, 4, discount, percent)
    prices.write("A7", "Total")
    prices.write_formula("B7", "=SUM(B4:B6)", money, 1965.25)
    times = book.add_worksheet("Departures")
    times.merge_range("B1:C1", "Weekdays", bold)
    times.merge_range("D1:E1", "Sundays", bold)
    times.write_row("A2", ["Pier", "First", "Last", "First", "Last"], bold)
    times.merge_range("A3:A4", "North")
    for row, values in ((2, (7.5, 22.25, 9, 20)), (3, (8, 23, 10, 21))):
        for column, hours in enumerate(values):
            times.write_number(row, 1 + column, hours / 24, clock)
    times.write_row("A6", ["Contact", "Harbour office"])
    times.write_row("A7", ["Telephone", "0123 456789"])
    times.write_rich_string("A8", "Pets ", bold, "travel", " free")
    hidden = book.add_worksheet("Archive")
    hidden.write_row("A1", ["Year", "Passengers"])
    hidden.write_row("A2", [2024, 81234])
    hidden.hide()
    book.close()
    rezip(path)


def make_workbook_with_boxes():
    """A text box beside cells, and a sheet with nothing but one."""
    path = HERE / "notice.xlsx"
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": WHEN})
    prices = book.add_worksheet("Prices")
    prices.write_row("A1", ["Ticket", "Single"])
    prices.write_row("A2", ["Adult", 12])
    prices.insert_textbox("D2", "Children under six travel free.\nDogs pay 3 crowns.")
    book.add_worksheet("Notice").insert_textbox("B2", "The pier is closed on Mondays.")
    book.close()
    rezip(path)


def make_openpyxl_workbook():
    path = HERE / "staff.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Staff"
    sheet.append(["Name", "Department", "Start", "Salary"])
    sheet.append(["Greta Holm", "Engines", datetime.date(2019, 9, 2), 48500])
    sheet.append(["Ivo Marsh", "Kitchen", datetime.date(2022, 1, 17), 39000])
    book.properties.created = book.properties.modified = WHEN
    book.save(path)
    rezip(path)


def make_slides():
    path = HERE / "harbour.pptx"
    deck = Presentation()
    deck.core_properties.title = "Harbour plan"
    deck.core_properties.created = deck.core_properties.modified = WHEN
    slide = deck.slides.add_slide(deck.slide_layouts[0])
    slide.shapes.title.text = "The new harbour"
    slide.placeholders[1].text = "Plan of the council"
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Timetable of the works"
    body = slide.placeholders[1].text_frame
    body.text = "Dredging begins in March"
    for words, level in (("The north basin is closed until June", 1), ("The crane arrives in May", 0)):
        paragraph = body.add_paragraph()
        paragraph.text = words
        paragraph.level = level
    slide.notes_slide.notes_text_frame.text = "Say that the crane was bought second-hand for 80,000."
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Costs"
    grid = slide.shapes.add_table(3, 3, Inches(1), Inches(2), Inches(6), Inches(2)).table
    for row, cells in enumerate((("Item", "2026", "2027"), ("Quay", "120", "80"), ("Crane", "75", "5"))):
        for column, words in enumerate(cells):
            grid.cell(row, column).text = words
    data = CategoryChartData()
    data.categories = ["Spring", "Autumn"]
    data.add_series("Ships", (31, 47))
    chart = slide.shapes.add_chart(
        XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(4), Inches(4), Inches(2), data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "Ships in harbour"
    hidden = deck.slides.add_slide(deck.slide_layouts[5])
    hidden.shapes.title.text = "Spare slide"
    hidden._element.set("show", "0")
    deck.save(path)
    rezip(path)


def make_texts():
    path = HERE / "garden.odt"
    document = OpenDocumentText()
    hidden = style.Style(name="Hidden", family="text")
    hidden.addElement(style.TextProperties(display="none"))
    document.automaticstyles.addElement(hidden)
    def heading(words, level):
        document.text.addElement(text.H(outlinelevel=level, text=words))
    def paragraph(words):
        item = text.P(text=words)
        document.text.addElement(item)
        return item
    heading("The garden book", 1)
    paragraph("The garden opens at nine and closes at dusk.")
    heading("Roses", 2)
    item = paragraph("Prune the roses in February")
    note = text.Note(noteclass="footnote")
    note.addElement(text.NoteCitation(text="1"))
    body = text.NoteBody()
    body.addElement(text.P(text="Climbing roses are pruned after flowering."))
    note.addElement(body)
    item.addElement(note)
    item.addText(", before the buds open.")
    item.addElement(text.Span(stylename=hidden, text=" Secret words."))
    beds = text.List()
    for words in ("North bed: foxgloves", "South bed: lavender"):
        entry = text.ListItem()
        entry.addElement(text.P(text=words))
        beds.addElement(entry)
    document.text.addElement(beds)
    grid = table.Table(name="Plants")
    header = table.TableHeaderRows()
    for index, cells in enumerate((("Plant", "Height"), ("Foxglove", "150 cm"), ("Lavender", "60 cm"))):
        row = table.TableRow()
        for words in cells:
            cell = table.TableCell()
            cell.addElement(text.P(text=words))
            row.addElement(cell)
        (header if index == 0 else grid).addElement(row)
        if index == 0:
            grid.addElement(header)
    document.text.addElement(grid)
    document.save(path)
    rezip(path, "mimetype")


def make_sheets():
    path = HERE / "stock.ods"
    document = OpenDocumentSpreadsheet()
    grid = table.Table(name="Stock")
    def row(*cells, repeated=None):
        line = table.TableRow(**({"numberrowsrepeated": repeated} if repeated else {}))
        for value in cells:
            if value is None:
                line.addElement(table.TableCell(numbercolumnsrepeated=1000))
                continue
            kind = "string" if isinstance(value, str) else "float"
            extra = {} if kind == "string" else {"value": value}
            cell = table.TableCell(valuetype=kind, **extra)
            cell.addElement(text.P(text=str(value)))
            line.addElement(cell)
        grid.addElement(line)
    row("Part", "Shelf", "Count", None)
    row("Wick", "B4", 120, None)
    row("Glass", "C2", 35, None)
    row(None, repeated=1048570)
    document.spreadsheet.addElement(grid)
    document.save(path)
    rezip(path, "mimetype")


def make_presentation():
    path = HERE / "talk.odp"
    document = OpenDocumentPresentation()
    layout = style.PageLayout(name="Layout")
    document.automaticstyles.addElement(layout)
    master = style.MasterPage(name="Master", pagelayoutname=layout)
    document.masterstyles.addElement(master)
    for title, words in (("Bees", "A hive has one queen."), ("Honey", "Honey is harvested in July.")):
        page = draw.Page(name=title, masterpagename=master)
        for content in (title, words):
            frame = draw.Frame(width="20cm", height="3cm", x="1cm", y="1cm")
            box = draw.TextBox()
            box.addElement(text.P(text=content))
            frame.addElement(box)
            page.addElement(frame)
        document.presentation.addElement(page)
    document.save(path)
    rezip(path, "mimetype")


def make_book():
    path = HERE / "voyage.epub"
    book = epub.EpubBook()
    book.set_identifier("voyage-1")
    book.set_title("The Voyage")
    book.set_language("en")
    book.add_author("A. Mariner")
    chapters = []
    for number, (title, words) in enumerate(
        (
            ("The Departure", "The Heron left Bergen with nine sailors and a cat named Otto."),
            ("The Storm", "On the third night the mast broke, and the cook was made captain."),
        ),
        1,
    ):
        chapter = epub.EpubHtml(title=title, file_name=f"text/chapter {number}.xhtml", lang="en")
        chapter.content = (
            f"<html><head><title/></head><body><a id='p{number}'/><h1>{title}</h1>"
            f"<p>{words}</p><p>The end of chapter&#160;{number}.</p></body></html>"
        )
        book.add_item(chapter)
        chapters.append(chapter)
    book.toc = [epub.Link(c.file_name.replace(" ", "%20"), c.title, f"c{i}") for i, c in enumerate(chapters)]
    book.add_item(epub.EpubNcx())
    book.add_item(epub.EpubNav())
    # The order of the spine, not that of the files, is the order of reading.
    book.spine = ["nav"] + chapters
    epub.write_epub(str(path), book)
    rezip(path, "mimetype")


def message(subject, sender, day, body, **more):
    mail = email.message.EmailMessage(policy=email.policy.SMTP.clone(max_line_length=76))
    mail["From"] = sender
    mail["To"] = "Greta Holm <greta@example.org>"
    mail["Subject"] = subject
    mail["Date"] = day
    mail.set_content(body, **more)
    return mail


def make_mail():
    mail = message(
        "Réparation du toit — offre n° 7", "Zoë Müller <zoe@example.org>",
        "Fri, 01 May 2026 10:00:00 +0200",
        "Bonjour Greta,\n\nLe toit sera réparé le 12 juin pour 4 300 €.\n\nZoë\n",
        cte="quoted-printable")
    mail.add_alternative("<p>Le toit sera réparé.</p>", subtype="html", cte="base64")
    mail.add_attachment(b"%PDF-1.4 nothing", maintype="application", subtype="pdf",
                        filename="devis été.pdf")
    mail.set_boundary("outer-boundary")
    mail.get_payload()[0].set_boundary("inner-boundary")
    (HERE / "offer.eml").write_bytes(mail.as_bytes())
    latin = (
        b"From: =?ISO-8859-2?Q?Ji=F8=ED_Nov=E1k?= <jiri@example.org>\r\n"
        b"Subject: =?windows-1251?B?0fLw7uj/?= site\r\n"
        b"Date: 3 Jun 2026 08:15:00 +0000\r\n"
        b"Content-Type: text/html; charset=iso-8859-2\r\n"
        b"Content-Transfer-Encoding: 8bit\r\n\r\n"
        b"<html><body><p>Kl\xed\xe8 je v trezoru.</p></body></html>\r\n"
    )
    second = message(
        "Boiler service", "Office <office@example.org>", "Tue, 02 Jun 2026 09:00:00 +0000",
        "From tomorrow the boiler is serviced.\nFrom then on the water is hot.\n\n"
        "The engineer is called Ada Quill.\n", cte="8bit")
    box = b""
    for sender, data in (("jiri@example.org", latin), ("office@example.org", second.as_bytes())):
        lines = data.replace(b"\r\n", b"\n").split(b"\n")
        quoted = [b">" + line if line.startswith(b"From ") else line for line in lines]
        box += b"From " + sender.encode() + b" Wed Jun  3 08:15:00 2026\n" + b"\n".join(quoted)
        box = box.rstrip(b"\n") + b"\n\n"
    (HERE / "letters.mbox").write_bytes(box)


def make_rich_text():
    (HERE / "lease.rtf").write_bytes(
        rb"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\froman\fcharset0 Times;}{\f1\fswiss\fcharset238 Arial CE;}{\f2\fnil\fcharset204 Arial Cyr;}}
{\colortbl;\red255\green0\blue0;}{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\s2 heading 2;}}
{\info{\title The lease of the mill}{\author Nobody}}
{\header Page header}\uc1\pard\s1 The lease\par
\pard The rent is 900 \u8364?\'20a month, due on the 3rd.{\footnote Paid to the bank.} Caf\'e9.\par
\pard\s2 Repairs\par
\pard {\listtext 1.\tab}\ls1 The landlord repairs the roof.\par
{\listtext 2.\tab}The tenant repairs the windows.\par
\pard{\v hidden words}{\f1 Kl\'ed\'e8 }{\f2 \'ea\'eb\'fe\'f7} \uc2\u-10179??\u-8638?? {\field{\*\fldinst HYPERLINK "http://x"}{\fldrslt link}}\par
\trowd\cellx100\cellx200\pard\intbl Room\cell Area\cell\row
\trowd\cellx100\cellx200\pard\intbl Mill\cell 120 m{\super 2}\cell\row
\pard{\*\unknown secret}{\pict\bin4 {}{}}The end.\par}
""")


if __name__ == "__main__":
    make_workbook()
    make_workbook_with_boxes()
    make_openpyxl_workbook()
    make_slides()
    make_texts()
    make_sheets()
    make_presentation()
    make_book()
    make_mail()
    make_rich_text()
