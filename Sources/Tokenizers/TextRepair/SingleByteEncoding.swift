/// An encoding of one byte a character, both ways.
///
/// The `sloppy` encodings of ftfy decode bytes that the standard leaves open to the scalar of the
/// same number, and byte 1A to U+FFFD, the mark of a lost byte.
struct SingleByteEncoding: Sendable {
  /// The scalar of each byte.
  private let scalars: [UInt32]
  private let bytes: [UInt32: UInt8]
  /// Whether byte 1A stands for a lost byte.
  let isSloppy: Bool
  /// Whether a space may have been byte A0; in Mac Roman that byte is a dagger.
  let restoresSpaces: Bool

  private init(_ high: [UInt32], isSloppy: Bool, restoresSpaces: Bool = true) {
    var scalars = Array(UInt32(0)..<0x80) + high
    if isSloppy { scalars[Int(Self.lostByte)] = Self.lostScalar }
    self.scalars = scalars
    bytes = Dictionary(
      scalars.enumerated().map { ($1, UInt8($0)) }, uniquingKeysWith: { first, _ in first })
    self.isSloppy = isSloppy
    self.restoresSpaces = restoresSpaces
  }

  private init(table: String, isSloppy: Bool, restoresSpaces: Bool = true) {
    self.init(
      UnicodeRanges.runs(table).map(\.first), isSloppy: isSloppy, restoresSpaces: restoresSpaces)
  }

  /// SUBSTITUTE.
  static let lostByte: UInt8 = 0x1A
  /// REPLACEMENT CHARACTER.
  static let lostScalar: UInt32 = 0xFFFD

  static let latin1 = SingleByteEncoding(Array(0x80..<0x100), isSloppy: false)
  static let windows1252 = SingleByteEncoding(table: MojibakeTables.windows1252, isSloppy: true)

  /// The encodings in which UTF-8 may have been read by mistake, the likeliest first.
  ///
  /// - Source: ftfy 6.3.1, `chardata.CHARMAP_ENCODINGS`.
  static let candidates: [SingleByteEncoding] =
    [latin1, windows1252]
    + [
      MojibakeTables.windows1251, MojibakeTables.windows1250, MojibakeTables.windows1253,
      MojibakeTables.windows1254, MojibakeTables.windows1257,
    ].map { SingleByteEncoding(table: $0, isSloppy: true) } + [
      SingleByteEncoding(table: MojibakeTables.iso88592, isSloppy: false),
      SingleByteEncoding(table: MojibakeTables.macroman, isSloppy: false, restoresSpaces: false),
      SingleByteEncoding(table: MojibakeTables.cp437, isSloppy: false),
    ]

  /// The bytes of which `text` may be the decoding; nil where a character has no byte.
  func encode(_ text: [UInt32]) -> [UInt8]? {
    var encoded: [UInt8] = []
    encoded.reserveCapacity(text.count)
    for scalar in text {
      guard let byte = bytes[scalar] else { return nil }
      encoded.append(byte)
    }
    return encoded
  }

  /// The scalar of a byte.
  func decode(_ byte: UInt8) -> UInt32 { scalars[Int(byte)] }
}
