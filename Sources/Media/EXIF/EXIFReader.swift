/// Reads orientation, date and place from an EXIF block, which is laid out as a TIFF file.
///
/// Damage never spoils a picture: a field that cannot be read is absent. Offsets are followed at
/// most two levels deep, so that no chain of directories can loop.
///
/// - Source: EXIF 2.32 (CIPA DC-008); TIFF 6.0, section 2.
struct EXIFReader {
  private let bytes: [UInt8]
  private let isLittleEndian: Bool

  /// The metadata of a block that begins with TIFF's byte order mark.
  static func metadata(of block: [UInt8]) -> PictureMetadata {
    guard let reader = EXIFReader(block), let first = reader.integer32(at: 4) else {
      return PictureMetadata()
    }
    var metadata = PictureMetadata()
    let main = reader.directory(at: first)
    if let value = reader.integer(main[Tag.orientation]), let code = UInt8(exactly: value) {
      metadata.storedOrientation = Orientation(rawValue: code) ?? .upright
    }
    let exposure = reader.integer(main[Tag.exifDirectory]).map { reader.directory(at: $0) } ?? [:]
    metadata.captureDate = reader.captureDate(main: main, exposure: exposure)
    if let offset = reader.integer(main[Tag.gpsDirectory]) {
      metadata.place = reader.place(reader.directory(at: offset))
    }
    return metadata
  }

  private enum Tag {
    static let orientation = 0x0112
    static let dateTime = 0x0132
    static let exifDirectory = 0x8769
    static let gpsDirectory = 0x8825
    static let dateTimeOriginal = 0x9003
    static let offsetTimeOriginal = 0x9011
    static let latitudeReference = 1
    static let latitude = 2
    static let longitudeReference = 3
    static let longitude = 4
  }

  /// One field of a directory: its type, its count and the position of its value.
  private struct Field {
    let type: Int
    let count: Int
    let valueOffset: Int
  }

  private init?(_ block: [UInt8]) {
    if block.starts(with: [0x49, 0x49, 42, 0]) {
      isLittleEndian = true
    } else if block.starts(with: [0x4D, 0x4D, 0, 42]) {
      isLittleEndian = false
    } else {
      return nil
    }
    bytes = block
  }

  private func integer16(at offset: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - 2 else { return nil }
    let (a, b) = (Int(bytes[offset]), Int(bytes[offset + 1]))
    return isLittleEndian ? a | b << 8 : a << 8 | b
  }

  private func integer32(at offset: Int) -> Int? {
    guard let a = integer16(at: offset), let b = integer16(at: offset + 2) else { return nil }
    return isLittleEndian ? a | b << 16 : a << 16 | b
  }

  /// The fields of the directory at `offset`, by tag; those that are whole, the first of each tag.
  private func directory(at offset: Int) -> [Int: Field] {
    var fields: [Int: Field] = [:]
    for index in 0..<(integer16(at: offset) ?? 0) {
      let entry = offset + 2 + index * 12
      guard let tag = integer16(at: entry), let type = integer16(at: entry + 2),
        let count = integer32(at: entry + 4), let inlineValue = integer32(at: entry + 8)
      else { break }
      let byteCount = count * Self.byteCount(ofType: type)
      let valueOffset = byteCount <= 4 ? entry + 8 : inlineValue
      guard count > 0, byteCount > 0, valueOffset <= bytes.count - byteCount else { continue }
      if fields[tag] == nil {
        fields[tag] = Field(type: type, count: count, valueOffset: valueOffset)
      }
    }
    return fields
  }

  /// Bytes of one value of a TIFF type; 0 for types that no field here has.
  private static func byteCount(ofType type: Int) -> Int {
    switch type {
    case 1, 2, 7: 1
    case 3: 2
    case 4, 13: 4
    case 5: 8
    default: 0
    }
  }

  private func integer(_ field: Field?) -> Int? {
    switch field?.type {
    case 1: field.map { Int(bytes[$0.valueOffset]) }
    case 3: field.flatMap { integer16(at: $0.valueOffset) }
    case 4, 13: field.flatMap { integer32(at: $0.valueOffset) }
    default: nil
    }
  }

  /// The text of an ASCII field up to its first zero byte; cameras pad dates with spaces.
  private func text(_ field: Field?) -> String? {
    guard let field, field.type == 2, field.count <= 64 else { return nil }
    let value = bytes[field.valueOffset..<(field.valueOffset + field.count)].prefix { $0 != 0 }
    return String(decoding: value, as: UTF8.self)
  }

  private func captureDate(main: [Int: Field], exposure: [Int: Field]) -> CaptureDate? {
    if let original = text(exposure[Tag.dateTimeOriginal]),
      var date = CaptureDate(exif: original)
    {
      date.utcOffsetMinutes = text(exposure[Tag.offsetTimeOriginal])
        .flatMap { CaptureDate.offsetMinutes(exif: $0) }
      return date
    }
    return text(main[Tag.dateTime]).flatMap { CaptureDate(exif: $0) }
  }

  private func place(_ fields: [Int: Field]) -> GeographicPlace? {
    guard let latitude = degrees(fields[Tag.latitude]),
      let longitude = degrees(fields[Tag.longitude]),
      let northOrSouth = text(fields[Tag.latitudeReference]),
      let eastOrWest = text(fields[Tag.longitudeReference])
    else { return nil }
    return GeographicPlace(
      latitude: northOrSouth == "S" ? -latitude : latitude,
      longitude: eastOrWest == "W" ? -longitude : longitude)
  }

  /// Degrees, minutes and seconds as three fractions, in degrees.
  private func degrees(_ field: Field?) -> Double? {
    guard let field, field.type == 5, field.count == 3 else { return nil }
    var sum = 0.0
    for (index, unit) in [1.0, 60, 3_600].enumerated() {
      guard let numerator = integer32(at: field.valueOffset + index * 8),
        let denominator = integer32(at: field.valueOffset + index * 8 + 4)
      else { return nil }
      // 0/0 is how cameras write an absent minute or second.
      if denominator == 0 && numerator == 0 && index > 0 { continue }
      guard denominator > 0 else { return nil }
      sum += Double(numerator) / Double(denominator) / unit
    }
    return sum
  }
}
