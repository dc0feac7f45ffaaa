/// Expands the run-length encodings of bitmaps with 4 and 8 bits a pixel.
///
/// A pair of bytes is a run (count, index) or, with count 0, an escape: end of row, end of picture,
/// a step to the right and up, or a count of literal indices padded to an even number of bytes.
///
/// - Source: Microsoft, "Bitmap Compression".
struct BMPRunLength {
  private let bytes: [UInt8]
  private let width: Int
  private let height: Int
  private let isFourBit: Bool
  private var offset: Int
  private var (x, y) = (0, 0)
  private var indices: [UInt8]

  /// One index a pixel, `[height, width]`, rows in the order of the file; pixels that no code
  /// reaches have index 0.
  ///
  /// - Throws: `PictureError.truncated` where the data ends before the picture does.
  static func indices(_ bytes: [UInt8], header: BMPHeader) throws(PictureError) -> [UInt8] {
    var expander = BMPRunLength(bytes, header: header)
    try expander.expand()
    return expander.indices
  }

  private init(_ bytes: [UInt8], header: BMPHeader) {
    self.bytes = bytes
    (width, height) = (header.width, header.height)
    isFourBit = header.compression == .runLength4
    offset = header.pixelOffset
    indices = [UInt8](repeating: 0, count: width * height)
  }

  private mutating func expand() throws(PictureError) {
    while y < height {
      let (count, value) = (Int(try nextByte()), try nextByte())
      if count > 0 {
        for index in 0..<count { put(nibbles(of: value, index)) }
        continue
      }
      switch value {
      case 0: (x, y) = (0, y + 1)
      case 1: return
      case 2:
        x += Int(try nextByte())
        y += Int(try nextByte())
      default: try literal(count: Int(value))
      }
      // The last row needs no end marker.
      if y == height - 1 && x >= width && offset >= bytes.count { return }
    }
  }

  private mutating func literal(count: Int) throws(PictureError) {
    let byteCount = isFourBit ? (count + 1) / 2 : count
    for index in 0..<byteCount {
      let byte = try nextByte()
      guard isFourBit else {
        put(byte)
        continue
      }
      put(byte >> 4)
      if index * 2 + 1 < count { put(byte & 15) }
    }
    if byteCount % 2 == 1 { _ = try nextByte() }
  }

  /// Index `position` of a run: with 4 bits the two halves of the byte alternate.
  private func nibbles(of value: UInt8, _ position: Int) -> UInt8 {
    guard isFourBit else { return value }
    return position % 2 == 0 ? value >> 4 : value & 15
  }

  /// Writes one index; those beyond the row's end are dropped.
  private mutating func put(_ index: UInt8) {
    if x < width && y < height { indices[y * width + x] = index }
    x += 1
  }

  private mutating func nextByte() throws(PictureError) -> UInt8 {
    guard offset < bytes.count else {
      throw .truncated(.bmp, detail: "its run-length codes end in row \(y) of \(height)")
    }
    defer { offset += 1 }
    return bytes[offset]
  }
}
