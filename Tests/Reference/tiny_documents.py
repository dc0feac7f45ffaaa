"""Writes small PDF and DOCX files with nothing but the standard library.

The bytes depend on the input alone (fixed dates, no compression for PDF, stored names in a fixed
order for DOCX), so that a second run of a generator leaves the repository unchanged.

Sources: PDF 32000-1:2008 (file structure, text operators, standard 14 fonts); the widths of
Helvetica are those of Adobe's font metrics (Helvetica.afm, Helvetica-Bold.afm). ECMA-376 parts 1
and 2 (WordprocessingML, packages).
"""

import zipfile
from xml.sax.saxutils import escape

# Widths of the characters 32 to 126 in thousandths of the font size.
HELVETICA = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
]


def text_width(text, size):
    return sum(HELVETICA[ord(c) - 32] if 32 <= ord(c) < 127 else 556 for c in text) * size / 1000


def wrap(text, size, width):
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and text_width(longer, size) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return lines + [line] if line else lines


def _pdf_string(text):
    raw = text.encode("cp1252")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


class PDF:
    """Pages of headings, wrapped paragraphs and table rows on A4, in Helvetica."""

    WIDTH, HEIGHT, MARGIN = 595, 842, 72

    def __init__(self):
        self.pages = []

    def page(self, blocks, footer=None):
        """blocks: ("h1" | "h2" | "p" | "li", text) or ("table", [row, ...])."""
        content = []
        y = self.HEIGHT - self.MARGIN
        sizes = {"h1": 18, "h2": 13, "p": 11, "li": 11, "table": 11}

        def show(text, x, size, font):
            content.append(
                b"BT /%s %d Tf %d %d Td (%s) Tj ET"
                % (font, size, int(x), int(y), _pdf_string(text))
            )

        for kind, value in blocks:
            size = sizes[kind]
            if kind == "table":
                columns = len(value[0])
                step = (self.WIDTH - 2 * self.MARGIN) / columns
                for row in value:
                    for column, cell in enumerate(row):
                        show(cell, self.MARGIN + column * step, size, b"F1")
                    y -= size * 1.5
            else:
                font = b"F2" if kind in ("h1", "h2") else b"F1"
                indent = 14 if kind == "li" else 0
                for number, line in enumerate(
                    wrap(value, size, self.WIDTH - 2 * self.MARGIN - indent)
                ):
                    mark = "\u2022 " if kind == "li" and number == 0 else ""
                    show(mark + line, self.MARGIN + indent - (9 if mark else 0), size, font)
                    y -= size * 1.25
            y -= size * 0.8
            assert y > self.MARGIN, "the page is full"
        if footer:
            y = 40
            show(footer, self.MARGIN, 9, b"F1")
        self.pages.append(b"\n".join(content))

    def placed(self, texts, size=10):
        """A page of (x, y from the top, text), in points; a text ending in "<" ends at x."""
        content = []
        for x, y, text in texts:
            if text.endswith("<"):
                text = text[:-1]
                x -= text_width(text, size)
            content.append(
                b"BT /F1 %d Tf %.2f %.2f Td (%s) Tj ET"
                % (size, x, self.HEIGHT - y, _pdf_string(text))
            )
        self.pages.append(b"\n".join(content))

    def data(self, encrypt=b""):
        objects = [b"<< /Type /Catalog /Pages 2 0 R >>", None]
        objects.append(
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
        )
        objects.append(
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold"
            b" /Encoding /WinAnsiEncoding >>"
        )
        kids = []
        for content in self.pages:
            objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
            objects.append(
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R"
                b" /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
                % (self.WIDTH, self.HEIGHT, len(objects))
            )
            kids.append(b"%d 0 R" % len(objects))
        objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
        out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
        offsets = []
        for number, body in enumerate(objects, 1):
            offsets.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        xref = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        out += b"trailer\n<< /Size %d /Root 1 0 R%s >>\nstartxref\n%d\n%%%%EOF\n" % (
            len(objects) + 1,
            encrypt,
            xref,
        )
        return bytes(out)


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
STYLES = (
    XML + f'<w:styles xmlns:w="{W}">'
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/>'
    '<w:basedOn w:val="Normal"/><w:rPr><w:b/><w:sz w:val="36"/></w:rPr></w:style>'
    + "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{n}"><w:name w:val="heading {n}"/>'
        f'<w:basedOn w:val="Normal"/><w:pPr><w:outlineLvl w:val="{n - 1}"/></w:pPr>'
        f'<w:rPr><w:b/><w:sz w:val="{34 - 4 * n}"/></w:rPr></w:style>'
        for n in (1, 2, 3)
    )
    + "</w:styles>"
)
NUMBERING = (
    XML + f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0">'
    '<w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="&#8226;"/>'
    '<w:pPr><w:ind w:left="720" w:hanging="360"/></w:pPr></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
)


def _run(text):
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _paragraph(text, properties=""):
    return f"<w:p><w:pPr>{properties}</w:pPr>{_run(text)}</w:p>"


def docx_body(blocks):
    """blocks: ("title" | "h1" | "h2" | "h3" | "p" | "li", text), ("table", rows), ("xml", xml)."""
    out = []
    for kind, value in blocks:
        if kind == "xml":
            out.append(value)
        elif kind == "table":
            rows = "".join(
                "<w:tr>" + "".join(f"<w:tc>{_paragraph(c)}</w:tc>" for c in row) + "</w:tr>"
                for row in value
            )
            out.append(f"<w:tbl>{rows}</w:tbl>")
        elif kind == "li":
            out.append(
                _paragraph(value, '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')
            )
        elif kind == "p":
            out.append(_paragraph(value))
        else:
            style = "Title" if kind == "title" else f"Heading{kind[1]}"
            out.append(_paragraph(value, f'<w:pStyle w:val="{style}"/>'))
    return XML + f'<w:document xmlns:w="{W}"><w:body>{"".join(out)}</w:body></w:document>'


def docx_parts(document, title=None, styles=STYLES, more=()):
    office = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    schema = "http://schemas.openxmlformats.org"
    rels = f"{schema}/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": XML + f'<Types xmlns="{schema}/package/2006/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{office}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{office}.styles+xml"/>'
        f'<Override PartName="/word/numbering.xml" ContentType="{office}.numbering+xml"/>'
        "</Types>",
        "_rels/.rels": XML + f'<Relationships xmlns="{schema}/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{rels}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="rId2" Target="docProps/core.xml"'
        f' Type="{schema}/package/2006/relationships/metadata/core-properties"/>'
        "</Relationships>",
        "word/_rels/document.xml.rels": XML
        + f'<Relationships xmlns="{schema}/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{rels}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId2" Type="{rels}/numbering" Target="numbering.xml"/>'
        "</Relationships>",
        "word/document.xml": document,
        "word/styles.xml": styles,
        "word/numbering.xml": NUMBERING,
        "docProps/core.xml": XML
        + f'<cp:coreProperties xmlns:cp="{schema}/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(title or '')}</dc:title></cp:coreProperties>",
    }
    parts.update(more)
    return parts


def write_zip(path, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
