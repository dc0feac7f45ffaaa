/// The headers and the colour table of a Windows or OS/2 bitmap.
///
/// - Source: Microsoft, "Bitmap Header Types" and BITMAPV5HEADER; Pillow 12.0, `BmpImagePlugin`.
struct BMPHeader {
  /// Sizes of BITMAPCOREHEADER, BITMAPINFOHEADER, its versions 2 and 3, OS/2 2.x, versions 4 and 5.
  static let knownByteCounts: Set<Int> = [12, 40, 52, 56, 64, 108, 124]

  /// The encoding of the rows.
  enum Compression: Int {
    case none = 0
    case runLength8 = 1
    case runLength4 = 2
    case bitFields = 3
  }

  let width: Int
  let height: Int
  let bitsPerPixel: Int
  let compression: Compression

  /// Whether the first stored row is the top one; by default it is the bottom one.
  let isTopDown: Bool

  /// Bits of red, green and blue in a pixel of 16, 24 or 32 bits; empty below.
  let masks: [UInt32]

  /// 256 colours of red, green and blue for at most 8 bits a pixel; those not defined are black.
  let palette: [UInt8]

  /// The byte offset of the first stored row.
  let pixelOffset: Int

  /// Reads the headers.
  ///
  /// - Throws: `PictureError.truncated`, `.damaged` or `.unsupported`.
  init(_ bytes: [UInt8]) throws(PictureError) {
    let fields = LittleEndianFields(bytes: bytes)
    let headerByteCount = try fields.integer32(at: 14)
    let isCore = headerByteCount == 12
    let storedHeight: Int
    if isCore {
      (width, storedHeight) = (try fields.integer16(at: 18), try fields.integer16(at: 20))
      bitsPerPixel = try fields.integer16(at: 24)
      compression = .none
    } else {
      (width, storedHeight) = (try fields.integer32(at: 18), try fields.integer32(at: 22))
      bitsPerPixel = try fields.integer16(at: 28)
      compression = try Self.compression(try fields.integer32(at: 30), bits: bitsPerPixel)
    }
    // A negative height, in two's complement, says that the top row comes first.
    isTopDown = !isCore && storedHeight >= 1 << 31
    height = isTopDown ? (1 << 32) - storedHeight : storedHeight
    guard [1, 4, 8, 16, 24, 32].contains(bitsPerPixel) else {
      throw .unsupported(.bmp, feature: "\(bitsPerPixel) bits a pixel")
    }
    var tableOffset = 14 + headerByteCount
    masks = try Self.masks(
      fields, compression: compression, bits: bitsPerPixel, headerByteCount: headerByteCount)
    if compression == .bitFields && headerByteCount == 40 { tableOffset += 12 }

    let statedColours = isCore ? 0 : try fields.integer32(at: 46)
    let colourCount = statedColours == 0 ? 1 << min(bitsPerPixel, 8) : statedColours
    let entryByteCount = isCore ? 3 : 4
    if bitsPerPixel <= 8 {
      guard colourCount <= 65_536 else {
        throw .damaged(.bmp, detail: "its colour table states \(colourCount) colours")
      }
      palette = try Self.palette(
        fields, at: tableOffset, count: colourCount, entryByteCount: entryByteCount)
      tableOffset += colourCount * entryByteCount
    } else {
      palette = []
    }
    // Some writers give the offset of the colour table, or none.
    let stated = try fields.integer32(at: 10)
    let isTableOffset = stated == 14 + headerByteCount && bitsPerPixel <= 8
    pixelOffset = stated == 0 || isTableOffset ? tableOffset : stated
  }

  private static func compression(_ code: Int, bits: Int) throws(PictureError) -> Compression {
    guard let compression = Compression(rawValue: code) else {
      throw .unsupported(.bmp, feature: "compression \(code)")
    }
    switch (compression, bits) {
    case (.runLength8, 8), (.runLength4, 4), (.none, _), (.bitFields, 16...): return compression
    default:
      throw .damaged(.bmp, detail: "compression \(code) does not fit \(bits) bits a pixel")
    }
  }

  /// The masks of the header, or those that a depth has without `BI_BITFIELDS`.
  private static func masks(
    _ fields: LittleEndianFields, compression: Compression, bits: Int, headerByteCount: Int
  ) throws(PictureError) -> [UInt32] {
    if bits <= 8 { return [] }
    let standard: [UInt32] =
      bits == 16 ? [0x7C00, 0x03E0, 0x001F] : [0x00FF_0000, 0x0000_FF00, 0x0000_00FF]
    guard compression == .bitFields else { return standard }
    // In every header but the core header the masks follow at byte 40, whether the header counts
    // them or not.
    var masks: [UInt32] = []
    for index in 0..<3 {
      masks.append(UInt32(truncatingIfNeeded: try fields.integer32(at: 54 + index * 4)))
    }
    if bits == 32 && masks == [0, 0, 0] { return standard }
    guard masks.allSatisfy({ $0 != 0 && isContiguous($0) }) else {
      throw .unsupported(.bmp, feature: "colour masks with gaps")
    }
    return masks
  }

  private static func isContiguous(_ mask: UInt32) -> Bool {
    let shifted = mask >> UInt32(mask.trailingZeroBitCount)
    return shifted & (shifted &+ 1) == 0
  }

  private static func palette(
    _ fields: LittleEndianFields, at offset: Int, count: Int, entryByteCount: Int
  ) throws(PictureError) -> [UInt8] {
    var palette = [UInt8](repeating: 0, count: 256 * 3)
    for index in 0..<min(count, 256) {
      // Stored as blue, green, red.
      for channel in 0..<3 {
        palette[index * 3 + 2 - channel] = try fields.byte(
          at: offset + index * entryByteCount + channel)
      }
    }
    return palette
  }
}

/// Unsigned numbers of a BMP file; every read is checked against its end.
struct LittleEndianFields {
  let bytes: [UInt8]

  func byte(at offset: Int) throws(PictureError) -> UInt8 {
    guard offset < bytes.count else {
      throw .truncated(.bmp, detail: "its headers need more than \(bytes.count) bytes")
    }
    return bytes[offset]
  }

  func integer16(at offset: Int) throws(PictureError) -> Int {
    Int(try byte(at: offset)) | Int(try byte(at: offset + 1)) << 8
  }

  func integer32(at offset: Int) throws(PictureError) -> Int {
    try integer16(at: offset) | (try integer16(at: offset + 2)) << 16
  }
}
