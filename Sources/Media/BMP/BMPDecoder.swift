/// Decodes Windows and OS/2 bitmaps of 1, 4, 8, 16, 24 and 32 bits, also run-length encoded.
///
/// Alpha is dropped. Bitmaps that hold a JPEG or a PNG are for printers and are not read.
enum BMPDecoder {
  /// Decodes the picture.
  ///
  /// - Throws: `PictureError.truncated`, `.damaged`, `.unsupported` or `.tooManyPixels`.
  static func decode(_ bytes: [UInt8], limits: PictureLimits) throws(PictureError) -> Raster {
    let header = try BMPHeader(bytes)
    try limits.check(width: header.width, height: header.height, format: .bmp)
    let stored: Raster
    switch header.compression {
    case .runLength4, .runLength8:
      let indices = try BMPRunLength.indices(bytes, header: header)
      stored = SampleLayout(
        colour: .palette(header.palette), sample: .unsigned(bits: 8), samplesPerPixel: 1
      ).raster(width: header.width, height: header.height, rows: indices)
    case .none, .bitFields: stored = try uncompressed(bytes, header: header)
    }
    return header.isTopDown ? stored : stored.oriented(.flipped)
  }

  /// Rows in the order of the file, each padded to four bytes.
  private static func uncompressed(
    _ bytes: [UInt8], header: BMPHeader
  ) throws(PictureError) -> Raster {
    let (width, height) = (header.width, header.height)
    let rowByteCount = (width * header.bitsPerPixel + 31) / 32 * 4
    // The last row may lack its padding.
    let needed = rowByteCount * (height - 1) + (width * header.bitsPerPixel + 7) / 8
    guard header.pixelOffset + needed <= bytes.count else {
      throw .truncated(
        .bmp, detail: "\(height) rows need \(needed) bytes from byte \(header.pixelOffset) on")
    }
    if header.bitsPerPixel > 8 {
      return masked(bytes, header: header, rowByteCount: rowByteCount)
    }
    let layout = SampleLayout(
      colour: .palette(header.palette), sample: .unsigned(bits: header.bitsPerPixel),
      samplesPerPixel: 1)
    var rows: [UInt8] = []
    let packedByteCount = layout.rowByteCount(width: width)
    rows.reserveCapacity(packedByteCount * height)
    for y in 0..<height {
      let start = header.pixelOffset + y * rowByteCount
      rows += bytes[start..<(start + packedByteCount)]
    }
    return layout.raster(width: width, height: height, rows: rows)
  }

  /// Pixels of 2, 3 or 4 bytes whose channels are cut out by masks and spread over 0 to 255.
  private static func masked(_ bytes: [UInt8], header: BMPHeader, rowByteCount: Int) -> Raster {
    var raster = Raster(width: header.width, height: header.height)
    let pixelByteCount = header.bitsPerPixel / 8
    let shifts = header.masks.map { UInt32($0.trailingZeroBitCount) }
    let maxima = zip(header.masks, shifts).map { $0 >> $1 }
    var to = 0
    for y in 0..<header.height {
      var from = header.pixelOffset + y * rowByteCount
      for _ in 0..<header.width {
        var pixel: UInt32 = 0
        for byte in (0..<pixelByteCount).reversed() {
          pixel = pixel << 8 | UInt32(bytes[from + byte])
        }
        for channel in 0..<3 {
          let value = UInt64((pixel & header.masks[channel]) >> shifts[channel])
          raster.pixels[to + channel] = UInt8(value * 255 / UInt64(maxima[channel]))
        }
        from += pixelByteCount
        to += 3
      }
    }
    return raster
  }
}
