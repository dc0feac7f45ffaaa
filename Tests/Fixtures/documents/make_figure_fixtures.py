#!/usr/bin/env python3
"""Makes figures.pdf: photographs, drawings and what is no picture, on pages with text.

Needs Pillow at the version of Tests/Reference/requirements.txt; run it from anywhere with
.venv/bin/python.
"""

import io
import pathlib
import sys
import zlib

from PIL import Image, ImageDraw

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "Reference"))
from tiny_documents import _pdf_string, wrap  # noqa: E402

PROSE = (
    "The harbour lies on the lee side of the island, and boats enter it at any state of the tide. "
    "The keeper opens the gate an hour before high water and closes it when the stream turns. "
    "Visitors tie up at the outer wall, where the depth is four metres at the lowest tide. "
)


def photograph(discs, ground):
    """A scene with gradients and discs, which has texture everywhere."""
    picture = Image.new("RGB", (300, 200))
    pixels = picture.load()
    for y in range(200):
        for x in range(300):
            grain = (x * 7919 + y * 104729) % 61 - 30
            pixels[x, y] = tuple(max(0, min(255, c + y // 4 + grain)) for c in ground)
    draw = ImageDraw.Draw(picture)
    for x, y, r, colour in discs:
        draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)
    return picture


def jpeg(picture, invert=False):
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=80)
    width, height = picture.size
    space = {"RGB": "RGB", "CMYK": "CMYK", "L": "Gray"}[picture.mode]
    # Pillow writes CMYK as Adobe does: inverted, which the dictionary must say.
    decode = b" /Decode [1 0 1 0 1 0 1 0]" if invert else b""
    return (b"/Width %d /Height %d /ColorSpace /Device%s /BitsPerComponent 8 /Filter /DCTDecode%s"
            % (width, height, space.encode(), decode), data.getvalue())


def deflated(picture, extra=b""):
    width, height = picture.size
    space = {"RGB": b"RGB", "L": b"Gray"}[picture.mode]
    return (b"/Width %d /Height %d /ColorSpace /Device%s /BitsPerComponent 8 /Filter /FlateDecode%s"
            % (width, height, space, extra), zlib.compress(picture.tobytes(), 9))


class Pages:
    """Pages of text at places, drawings and pictures; places are from the top left, in points."""

    WIDTH, HEIGHT = 595, 842

    def __init__(self):
        self.objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"",
                        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica"
                        b" /Encoding /WinAnsiEncoding >>"]
        self.kids, self.images = [], {}

    def image(self, name, described, smask=None):
        dictionary, data = described
        if smask:
            dictionary += b" /SMask %d 0 R" % self.images[smask]
        self.objects.append(b"<< /Type /XObject /Subtype /Image %s /Length %d >>\nstream\n%s\nendstream"
                            % (dictionary, len(data), data))
        self.images[name] = len(self.objects)

    def page(self, *parts, size=(WIDTH, HEIGHT)):
        content = b"\n".join(p for part in parts for p in part)
        data = zlib.compress(content, 9)
        self.objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream"
                            % (len(data), data))
        resources = b" ".join(b"/%s %d 0 R" % (n.encode(), o) for n, o in self.images.items())
        self.objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> /XObject << %s >> >> >>"
            % (*size, len(self.objects), resources))
        self.kids.append(b"%d 0 R" % len(self.objects))

    def data(self):
        self.objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (
            b" ".join(self.kids), len(self.kids))
        out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
        offsets = []
        for number, body in enumerate(self.objects, 1):
            offsets.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        xref = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(self.objects) + 1)
        out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
            len(self.objects) + 1, xref)
        return bytes(out)


def line(x, y, text, size=11, height=842):
    return [b"BT /F1 %d Tf %.1f %.1f Td (%s) Tj ET" % (size, x, height - y, _pdf_string(text))]


def prose(y, sentences=PROSE, x=72, width=451):
    return [p for n, words in enumerate(wrap(sentences, 11, width)) for p in line(x, y + 14 * n, words)]


def shown(name, x, y, width, height, page_height=842):
    return [b"q %d 0 0 %d %d %d cm /%s Do Q" % (width, height, x, page_height - y - height,
                                               name.encode())]


def boxes(places, fill=None):
    found = [b"%.1f %.1f %.1f %.1f re %s" % (x, 842 - y - h, w, h, b"f" if fill else b"S")
             for x, y, w, h in places]
    return [b"q", fill or b"1 w", *found, b"Q"]


def lines(*places, width=1):
    return [b"%g w" % width] + [b"%.1f %.1f m %.1f %.1f l S" % (a, 842 - b, c, 842 - d)
                                for a, b, c, d in places]


def figures():
    pages = Pages()
    lamps = photograph([(90, 90, 40, (250, 220, 60)), (210, 110, 40, (250, 220, 60))], (20, 40, 90))
    buoy = photograph([(150, 100, 60, (210, 30, 30))], (60, 110, 130))
    pages.image("Lamps", jpeg(lamps))
    pages.image("Buoy", jpeg(buoy.convert("CMYK"), invert=True))
    mask = Image.new("L", (300, 200), 0)
    ImageDraw.Draw(mask).ellipse((10, 10, 290, 190), fill=255)
    pages.image("Mask", deflated(mask))
    green = photograph([(150, 100, 50, (240, 240, 240))], (10, 120, 30))
    pages.image("Oval", jpeg(green), smask="Mask")
    logo = photograph([(60, 60, 30, (255, 255, 255)), (180, 60, 30, (0, 0, 0))], (90, 20, 110))
    pages.image("Logo", jpeg(logo.resize((150, 100))))
    pages.image("Icon", deflated(Image.new("RGB", (24, 24), (200, 30, 30))))

    # 1: a photograph with a caption of two lines between paragraphs.
    pages.page(prose(80), shown("Lamps", 150, 180, 300, 200),
               line(150, 396, "Figure 1: Two yellow lamps on the quay at night, seen from the"),
               line(150, 410, "water."), prose(460))
    # 2: a drawing of outlines alone under a caption, an icon and a rule.
    pages.page(prose(80), shown("Icon", 72, 160, 24, 24), lines((72, 200, 523, 200), width=2),
               boxes([(120, 240, 110, 50), (360, 240, 110, 50), (240, 360, 110, 50)]),
               lines((230, 265, 360, 265), (415, 290, 300, 360), (175, 290, 280, 360)),
               line(140, 268, "Inlet valve"), line(385, 268, "Piston"), line(270, 388, "Outlet"),
               line(150, 440, "Fig. 2. The parts of the bilge pump."), prose(480))
    # 3: a CMYK photograph whose caption has no label, and one with a soft mask without a caption.
    pages.page(prose(80), shown("Buoy", 150, 150, 300, 200),
               line(180, 364, "The red buoy off the northern wall"), prose(410),
               shown("Oval", 150, 480, 300, 200), prose(730))
    # 4: a ruled table, a frame around text and a coloured panel with text: no figures.
    rows = [(72, 120 + 20 * n, 523, 120 + 20 * n) for n in range(9)]
    columns = [(x, 120, x, 280) for x in (72, 222, 372, 523)]
    cells = [p for n in range(8) for x, t in ((80, "Berth %d" % n), (230, "%d metres" % (9 + n)),
                                              (380, "%d euro a night" % (20 + n)))
             for p in line(x, 134 + 20 * n, t)]
    pages.page(line(72, 110, "Table 1: Berths and their prices"), lines(*rows, *columns), cells,
               boxes([(66, 320, 463, 110)]), prose(340), boxes([(66, 470, 463, 110)], b"0.8 0.9 1 rg"),
               prose(490))
    # 5 and 6: the same logo; a chart of lines without a caption on the second.
    pages.page(shown("Logo", 400, 40, 150, 110), prose(200))
    curve = [(100 + 4 * n, 500 - (n * n) / 40 - (n % 7) * 3, 104 + 4 * n,
              500 - ((n + 1) ** 2) / 40 - ((n + 1) % 7) * 3) for n in range(90)]
    pages.page(shown("Logo", 400, 40, 150, 110), prose(200), lines((100, 280, 100, 510),
               (100, 510, 470, 510)), lines(*curve, width=2), line(80, 525, "1990"),
               line(440, 525, "2020"), prose(580))
    (HERE / "figures.pdf").write_bytes(pages.data())


if __name__ == "__main__":
    figures()
