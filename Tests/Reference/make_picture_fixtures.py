#!/usr/bin/env python3
"""Writes Tests/Fixtures/pictures: small pictures of every kind, and what Pillow makes of them.

    .venv/bin/python Tests/Reference/make_picture_fixtures.py [--assets ../shared/assets]

decoded.tsv: name, width, height and SHA-256 of the upright RGB pixels.
clip.tsv: name and four SHA-256 (see picture_reference.CLIPReference.digests).
resized.tsv: seed, size and new size of a noise picture, SHA-256 of Pillow's bicubic result.
"""

import argparse
import io
import pathlib
import random
import struct
import zlib

import numpy
from PIL import Image

from picture_reference import CLIPReference, digest, noise, upright_rgb

ROOT = pathlib.Path(__file__).parents[2]
FIXTURES = ROOT / "Tests/Fixtures/pictures"


def scene(width=61, height=43):
    """A picture with gradients, edges and some noise, so that every codec has work to do."""
    y, x = numpy.mgrid[0:height, 0:width].astype(float)
    red = 127 + 120 * numpy.sin(x / 7) * numpy.cos(y / 9)
    green = 255 * x / width
    blue = numpy.where((x - width / 2) ** 2 + (y - height / 2) ** 2 < 150, 230, 255 * y / height)
    grain = numpy.asarray(noise(width, height, 2), dtype=float)[..., 0] / 16
    return Image.fromarray(
        numpy.clip(numpy.stack([red + grain, green, blue], -1), 0, 255).astype(numpy.uint8), "RGB")


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def exif(orientation, date=None, offset=None, place=None):
    block = Image.Exif()
    block[0x0112] = orientation
    if date:
        block.get_ifd(0x8769)[0x9003] = date
    if offset:
        block.get_ifd(0x8769)[0x9011] = offset
    if place:
        gps = block.get_ifd(0x8825)
        gps[1], gps[2], gps[3], gps[4] = place
    return block


def jpegs():
    rgb = scene()
    for name, options in {
        "baseline-420": dict(subsampling=2), "baseline-422": dict(subsampling=1),
        "baseline-444": dict(subsampling=0), "progressive": dict(progressive=True),
        "restart": dict(restart_marker_blocks=2), "low-quality": dict(quality=5),
    }.items():
        yield name + ".jpg", saved(rgb, "JPEG", **options)
    yield "grey.jpg", saved(rgb.convert("L"), "JPEG")
    yield "grey-progressive.jpg", saved(rgb.convert("L"), "JPEG", progressive=True)
    yield "cmyk.jpg", saved(rgb.convert("CMYK"), "JPEG")
    yield "rgb-components.jpg", saved(rgb, "JPEG", keep_rgb=True)
    for orientation in range(1, 9):
        small = rgb.crop((0, 0, 19, 13))
        place = ("N", (48.0, 51.0, 30.24), "W", (2.0, 17.0, 40.2)) if orientation == 6 else None
        date = "2019:06:01 12:30:05" if orientation in (3, 6) else None
        offset = "+02:00" if orientation == 6 else None
        yield (f"orientation-{orientation}.jpg",
               saved(small, "JPEG", exif=exif(orientation, date, offset, place)))


def png(width, height, depth, colour_type, rows, chunks=(), interlace=0):
    """A PNG of packed rows, which Pillow cannot write in every depth. Filter 0."""
    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data
                + struct.pack(">I", zlib.crc32(kind + data)))
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, interlace)
    body = b"".join(b"\0" + row for row in rows)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
            + b"".join(chunk(kind, data) for kind, data in chunks)
            + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b""))


def packed(values, depth):
    """Rows of samples of `depth` bits, most significant bit first."""
    rows = []
    for row in values:
        bits = "".join(format(int(value), f"0{depth}b") for value in row)
        bits += "0" * (-len(bits) % 8)
        rows.append(bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8)))
    return rows


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def interlaced(values, depth, samples):
    rows = []
    for x, y, dx, dy in ADAM7:
        part = values[y::dy, x::dx]
        if part.size:
            rows += packed(part.reshape(part.shape[0], -1), depth)
    return rows


def pngs():
    rgb = scene()
    yield "rgb.png", saved(rgb, "PNG")
    rgba = rgb.copy()
    rgba.putalpha(rgb.convert("L"))
    yield "rgba.png", saved(rgba, "PNG")
    yield "grey.png", saved(rgb.convert("L"), "PNG")
    yield "grey-alpha.png", saved(rgba.convert("LA"), "PNG")
    yield "palette.png", saved(rgb.quantize(200), "PNG")
    yield "palette-transparent.png", saved(rgb.quantize(16), "PNG", transparency=3)
    yield "bilevel.png", saved(rgb.convert("1"), "PNG")
    generator = numpy.random.default_rng(7)
    width, height = 21, 13
    for depth in (1, 2, 4, 8, 16):
        grey = generator.integers(0, 1 << depth, (height, width))
        if depth == 16:
            grey[: height // 2] //= 400  # values below 256, which Pillow's conversion keeps
        yield f"grey-{depth}.png", png(width, height, depth, 0, packed(grey, depth))
        yield (f"grey-{depth}-interlaced.png",
               png(width, height, depth, 0, interlaced(grey, depth, 1), interlace=1))
    for depth in (1, 2, 4, 8):
        count = min(1 << depth, 11)
        colours = generator.integers(0, 256, count * 3).astype(numpy.uint8).tobytes()
        # Some indices are beyond the colour table where the depth allows it.
        index = generator.integers(0, min(1 << depth, count + 2), (height, width))
        chunks = [(b"PLTE", colours), (b"tRNS", bytes([0, 128]))]
        yield f"palette-{depth}.png", png(width, height, depth, 3, packed(index, depth), chunks)
    for colour_type, samples in {2: 3, 4: 2, 6: 4}.items():
        deep = generator.integers(0, 1 << 16, (height, width * samples))
        yield (f"type{colour_type}-16.png", png(width, height, 16, colour_type, packed(deep, 16)))
        deep = deep.reshape(height, width, samples)
        yield (f"type{colour_type}-16-interlaced.png",
               png(width, height, 16, colour_type, interlaced(deep, 16, samples), interlace=1))
    yield "gamma.png", png(
        width, height, 8, 2, packed(generator.integers(0, 256, (height, width * 3)), 8),
        [(b"gAMA", struct.pack(">I", 100000)), (b"sBIT", bytes([5, 6, 5]))])
    yield "oriented.png", saved(rgb.crop((0, 0, 19, 13)), "PNG", exif=exif(8))
    frames = [rgb.rotate(angle) for angle in (0, 90, 180)]
    yield "animated.png", saved(
        frames[0].resize((24, 16)), "PNG", save_all=True,
        append_images=[frame.resize((24, 16)) for frame in frames[1:]])


def webps():
    rgb = scene()
    rgba = rgb.copy()
    rgba.putalpha(rgb.convert("L"))
    yield "lossy.webp", saved(rgb, "WEBP")
    yield "lossless.webp", saved(rgb, "WEBP", lossless=True)
    yield "lossy-alpha.webp", saved(rgba, "WEBP")
    yield "lossless-alpha.webp", saved(rgba, "WEBP", lossless=True)
    yield "oriented.webp", saved(rgb.crop((0, 0, 19, 13)), "WEBP", lossless=True, exif=exif(5))
    yield "animated.webp", saved(
        rgb.resize((24, 16)), "WEBP", save_all=True,
        append_images=[rgb.rotate(180).resize((24, 16))], lossless=True)


def gifs():
    rgb = scene()
    yield "palette.gif", saved(rgb.quantize(200), "GIF")
    yield "few-colours.gif", saved(rgb.quantize(5), "GIF", interlace=0)
    yield "grey.gif", saved(rgb.convert("L"), "GIF")
    yield "bilevel.gif", saved(rgb.convert("1"), "GIF")
    yield "transparent.gif", saved(rgb.quantize(16), "GIF", transparency=4)
    frames = [rgb.rotate(angle).resize((24, 16)).quantize(32) for angle in (0, 120, 240)]
    animation = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], loop=0)
    yield "animated.gif", animation
    # A larger logical screen, so that the first frame covers a part of it.
    yield "partial-frame.gif", animation[:6] + struct.pack("<HH", 40, 30) + animation[10:]
    # A smaller one, so that the frame reaches beyond it.
    yield "frame-beyond-screen.gif", animation[:6] + struct.pack("<HH", 5, 40) + animation[10:]


def bmp(width, height, bits, rows, palette=b"", compression=0, header_extra=b"", core=False,
        top_down=False):
    """A BMP of stored rows, in an order and a depth that Pillow may not write."""
    data = b"".join(rows)
    if core:
        header = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        header = struct.pack(
            "<IiiHHIIiiII", 40 + (len(header_extra) if len(header_extra) > 12 else 0), width,
            -height if top_down else height, 1, bits, compression, len(data), 2835, 2835,
            len(palette) // 4, 0) + header_extra
    offset = 14 + len(header) + len(palette)
    return b"BM" + struct.pack("<IHHI", offset + len(data), 0, 0, offset) + header + palette + data


def padded(rows):
    return [row + b"\0" * (-len(row) % 4) for row in rows]


def bmps():
    rgb = scene()
    generator = numpy.random.default_rng(9)
    yield "rgb.bmp", saved(rgb, "BMP")
    yield "grey.bmp", saved(rgb.convert("L"), "BMP")
    yield "palette.bmp", saved(rgb.quantize(256), "BMP")
    yield "bilevel.bmp", saved(rgb.convert("1"), "BMP")
    rgba = rgb.copy()
    rgba.putalpha(128)
    yield "rgba.bmp", saved(rgba, "BMP")
    width, height = 21, 13
    for bits in (1, 4, 8):
        count = min(1 << bits, 19)
        colours = generator.integers(1, 255, (count, 4)).astype(numpy.uint8)
        colours[:, 3] = 0
        index = generator.integers(0, count, (height, width))
        rows = padded(packed(index, bits))
        yield f"palette-{bits}.bmp", bmp(width, height, bits, rows, colours.tobytes())
        yield (f"palette-{bits}-topdown.bmp",
               bmp(width, height, bits, rows, colours.tobytes(), top_down=True))
        core = numpy.zeros((1 << bits, 3), numpy.uint8)
        core[:count] = colours[:, :3]
        yield f"palette-{bits}-core.bmp", bmp(width, height, bits, rows, core.tobytes(), core=True)
    deep = generator.integers(0, 1 << 16, (height, width)).astype("<u2")
    rows = padded([row.tobytes() for row in deep])
    yield "555.bmp", bmp(width, height, 16, rows)
    yield "565.bmp", bmp(
        width, height, 16, rows, compression=3, header_extra=struct.pack("<III", 0xF800, 0x7E0, 0x1F))
    full = generator.integers(0, 1 << 32, (height, width)).astype("<u4")
    rows = [row.tobytes() for row in full]
    yield "bgrx.bmp", bmp(width, height, 32, rows)
    yield "masks-abgr.bmp", bmp(
        width, height, 32, rows, compression=3,
        header_extra=struct.pack("<IIII", 0xFF000000, 0xFF0000, 0xFF00, 0xFF) + b"\0" * 52)
    colours = generator.integers(1, 255, (16, 4)).astype(numpy.uint8)
    colours[:, 3] = 0
    line = bytes([5, 3, 7, 9, 0, 4, 1, 2, 3, 4, 5, 11]) + bytes([0, 0])
    yield "rle8.bmp", bmp(21, 6, 8, [line * 6 + bytes([0, 1])], colours.tobytes(), compression=1)
    line = bytes([5, 0x34, 8, 0x91, 0, 8, 0x12, 0x34, 0x56, 0x78]) + bytes([0, 0])
    yield "rle4.bmp", bmp(21, 6, 4, [line * 6 + bytes([0, 1])], colours.tobytes(), compression=2)


def tiff(tags, data, order="<"):
    """A TIFF of one strip; `tags` maps a tag to a type and values."""
    tags = dict(tags)
    tags[279] = (4, [len(data)])
    count = len(tags) + 1
    directory_end = 8 + 2 + count * 12 + 4
    extra, entries = b"", []
    tags[273] = (4, [0])
    for tag in sorted(tags):
        kind, values = tags[tag]
        code = {3: "H", 4: "I"}[kind]
        content = struct.pack(order + code * len(values), *values)
        entries.append([tag, kind, len(values), content])
    for entry in entries:
        if len(entry[3]) > 4:
            position = directory_end + len(extra)
            extra += entry[3]
            entry[3] = struct.pack(order + "I", position)
    for entry in entries:
        if entry[0] == 273:
            entry[3] = struct.pack(order + "I", directory_end + len(extra))
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "IH", 8, count)
    body = b"".join(
        struct.pack(order + "HHI", tag, kind, number) + content.ljust(4, b"\0")
        for tag, kind, number, content in entries)
    return head + body + struct.pack(order + "I", 0) + extra + data


def tiffs():
    rgb = scene()
    rgba = rgb.copy()
    rgba.putalpha(rgb.convert("L"))
    for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"):
        yield f"rgb-{compression}.tif", saved(rgb, "TIFF", compression=compression)
    yield "rgba.tif", saved(rgba, "TIFF", compression="tiff_lzw")
    yield "grey.tif", saved(rgb.convert("L"), "TIFF", compression="tiff_lzw")
    yield "grey-alpha.tif", saved(rgba.convert("LA"), "TIFF")
    yield "palette.tif", saved(rgb.quantize(200), "TIFF", compression="tiff_lzw")
    yield "cmyk.tif", saved(rgb.convert("CMYK"), "TIFF", compression="tiff_lzw")
    yield "group4.tif", saved(rgb.convert("1"), "TIFF", compression="group4")
    yield "float.tif", saved(rgb.convert("F"), "TIFF")
    yield "int32.tif", saved(rgb.convert("I"), "TIFF")
    yield "oriented.tif", saved(rgb.crop((0, 0, 19, 13)), "TIFF", tiffinfo={0x0112: 6})
    yield "ycbcr-oriented.tif", saved(
        rgb.crop((0, 0, 19, 13)).convert("YCbCr"), "TIFF", compression="tiff_lzw",
        tiffinfo={0x0112: 6})
    pages = [rgb.resize((24, 16)), rgb.rotate(180).resize((24, 16))]
    yield "pages.tif", saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    generator = numpy.random.default_rng(11)
    width, height = 21, 13
    size = {256: (3, [width]), 257: (3, [height]), 259: (3, [1]), 278: (3, [height])}
    for order, name in (("<", "little"), (">", "big")):
        for depth in (1, 2, 4, 8):
            grey = generator.integers(0, 1 << depth, (height, width))
            for photometric in (0, 1):
                if order == ">" and photometric == 1:
                    continue
                yield (f"grey-{depth}-{name}-{photometric}.tif", tiff(
                    size | {258: (3, [depth]), 262: (3, [photometric]), 277: (3, [1])},
                    b"".join(packed(grey, depth)), order))
        deep = generator.integers(0, 1 << 16, (height, width))
        deep[: height // 2] //= 300
        yield (f"grey-16-{name}.tif", tiff(
            size | {258: (3, [16]), 262: (3, [1]), 277: (3, [1])},
            deep.astype(order + "u2").tobytes(), order))
        colour = generator.integers(0, 1 << 16, (height, width, 3))
        yield (f"rgb-16-{name}.tif", tiff(
            size | {258: (3, [16] * 3), 262: (3, [2]), 277: (3, [3])},
            colour.astype(order + "u2").tobytes(), order))
    alpha = generator.integers(0, 256, (height, width, 4))
    alpha[..., :3] = alpha[..., :3] * alpha[..., 3:] // 255
    yield "premultiplied.tif", tiff(
        size | {258: (3, [8] * 4), 262: (3, [2]), 277: (3, [4]), 338: (3, [1])},
        alpha.astype(numpy.uint8).tobytes())
    planes = generator.integers(0, 256, (3, height, width)).astype(numpy.uint8)
    strips = {256: (3, [width]), 257: (3, [height]), 259: (3, [1]), 278: (3, [height])}
    data = planes.tobytes()
    yield "planar.tif", planar(strips, width * height, data)


def planar(tags, plane_byte_count, data):
    """An RGB TIFF whose three planes are three strips: `tiff` writes one, so offsets are patched."""
    tags = tags | {258: (3, [8] * 3), 262: (3, [2]), 277: (3, [3]), 284: (3, [2])}
    # Nine entries, then bits per sample, strip offsets and byte counts outside of the directory.
    all_tags = dict(tags)
    all_tags[273] = (4, [0, 0, 0])
    all_tags[279] = (4, [plane_byte_count] * 3)
    count = len(all_tags)
    position = 8 + 2 + count * 12 + 4
    sizes = {tag: len(values) * {3: 2, 4: 4}[kind] for tag, (kind, values) in all_tags.items()}
    start = position + sum(size for size in sizes.values() if size > 4)
    all_tags[273] = (4, [start + index * plane_byte_count for index in range(3)])
    entries, extra = b"", b""
    for tag in sorted(all_tags):
        kind, values = all_tags[tag]
        content = struct.pack("<" + {3: "H", 4: "I"}[kind] * len(values), *values)
        if len(content) > 4:
            content, extra = struct.pack("<I", position + len(extra)), extra + content
        entries += struct.pack("<HHI", tag, kind, len(values)) + content.ljust(4, b"\0")
    return (b"II*\0" + struct.pack("<IH", 8, count) + entries + struct.pack("<I", 0) + extra + data)


def pictures():
    for kind in (jpegs, pngs, webps, gifs, bmps, tiffs):
        yield from kind()


def resize_cases(count=500):
    """Sizes from 1 x 1 up, enlarged, reduced, and with an axis that stays."""
    generator = random.Random(5)
    def side():
        return int(2 ** generator.uniform(0, 8))
    for number in range(count):
        width, height, new_width, new_height = side(), side(), side(), side()
        if number % 10 == 0:
            new_width = width
        if number % 15 == 0:
            new_height = height
        yield number, width, height, new_width, new_height


def main():
    parser = argparse.ArgumentParser()
    parser.parse_args()
    FIXTURES.mkdir(parents=True, exist_ok=True)
    for old in FIXTURES.iterdir():
        old.unlink()
    clip = CLIPReference()
    decoded, tensors = [], []
    for name, data in pictures():
        (FIXTURES / name).write_bytes(data)
        image = upright_rgb(data)
        decoded.append([name, image.width, image.height, digest(image.tobytes())])
        if name in ("baseline-420.jpg", "orientation-6.jpg", "rgb.png", "palette.gif", "rgb.bmp"):
            tensors.append([name] + clip.digests(image))
    resized = []
    for seed, width, height, new_width, new_height in resize_cases():
        result = noise(width, height, seed).resize((new_width, new_height), Image.Resampling.BICUBIC)
        resized.append([seed, width, height, new_width, new_height, digest(result.tobytes())])
    # Sizes at which the two conventions crop at different pixels, and extreme shapes.
    for seed, (width, height) in enumerate(
            [(224, 224), (225, 224), (227, 224), (226, 229), (640, 427), (427, 640), (3, 500),
             (900, 2), (1, 1), (448, 450), (451, 449), (100, 149), (1000, 333)]):
        image = noise(width, height, seed)
        tensors.append([f"noise {width} {height} {seed}"] + clip.digests(image))
    for name, rows in (("decoded", decoded), ("clip", tensors), ("resized", resized)):
        lines = ["\t".join(map(str, row)) for row in rows]
        (FIXTURES / f"{name}.tsv").write_text("\n".join(lines) + "\n")
    total = sum(path.stat().st_size for path in FIXTURES.iterdir())
    print(f"{len(decoded)} pictures, {len(resized)} sizes, {total} bytes")


if __name__ == "__main__":
    main()
