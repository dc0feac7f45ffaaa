/// Metadata that a camera writes with the pixels.
///
/// Every field may be absent or wrong; none is trusted.
package struct PictureMetadata: Sendable, Equatable {
  /// The orientation of the stored rows; `Picture.pixels` are upright.
  package var storedOrientation = Orientation.upright

  /// The time of the exposure, or the time at which the file was written.
  package var captureDate: CaptureDate?

  /// The location of the camera.
  package var place: GeographicPlace?

  /// No metadata: stored upright, no date, no place.
  package init() {}
}

/// A date and time as a camera's clock showed them.
package struct CaptureDate: Sendable, Equatable {
  package var year: Int
  package var month: Int
  package var day: Int
  package var hour: Int
  package var minute: Int
  package var second: Int

  /// Minutes east of UTC, where the camera recorded its time zone (EXIF 2.31 and later).
  package var utcOffsetMinutes: Int?

  /// A date of fields in their ranges, or nil: a camera whose clock was never set writes zeros.
  package init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
    guard (1...9_999).contains(year), (1...12).contains(month), (1...31).contains(day),
      (0..<24).contains(hour), (0..<60).contains(minute), (0...60).contains(second)
    else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
    (self.hour, self.minute, self.second) = (hour, minute, second)
  }

  /// Reads EXIF's `YYYY:MM:DD HH:MM:SS`; nil for other text and for fields out of range.
  package init?(exif text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 19, bytes[10] == 0x20 else { return nil }
    let separators = [4, 7, 13, 16].map { bytes[$0] }
    guard separators[..<2].allSatisfy({ $0 == 0x3A || $0 == 0x2D }),
      separators[2...].allSatisfy({ $0 == 0x3A })
    else { return nil }
    let fields = [0..<4, 5..<7, 8..<10, 11..<13, 14..<16, 17..<19].compactMap {
      decimalNumber(bytes[$0])
    }
    guard fields.count == 6 else { return nil }
    self.init(
      year: fields[0], month: fields[1], day: fields[2], hour: fields[3], minute: fields[4],
      second: fields[5])
  }

  /// Minutes east of UTC of EXIF's `+HH:MM`, or nil for other text.
  static func offsetMinutes(exif text: String) -> Int? {
    let bytes = Array(text.utf8)
    guard bytes.count == 6, bytes[3] == 0x3A, bytes[0] == 0x2B || bytes[0] == 0x2D,
      let hours = decimalNumber(bytes[1..<3]), let minutes = decimalNumber(bytes[4..<6]),
      hours <= 14, minutes < 60
    else { return nil }
    return (bytes[0] == 0x2D ? -1 : 1) * (hours * 60 + minutes)
  }
}

extension CaptureDate: CustomStringConvertible {
  /// ISO 8601 with the offset where it is known: `2019-06-01T12:30:00+02:00`.
  package var description: String {
    func padded(_ value: Int, _ count: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, count - digits.count)) + digits
    }
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    let time = "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))"
    guard let offset = utcOffsetMinutes else { return "\(date)T\(time)" }
    let size = abs(offset)
    return "\(date)T\(time)\(offset < 0 ? "-" : "+")\(padded(size / 60, 2)):\(padded(size % 60, 2))"
  }
}

/// A point on the Earth's surface in the datum that the camera used, usually WGS 84.
package struct GeographicPlace: Sendable, Equatable {
  /// Degrees north of the equator, from -90 to 90.
  package var latitude: Double

  /// Degrees east of Greenwich, from -180 to 180.
  package var longitude: Double

  /// - Returns: nil where a coordinate is not a number or out of range.
  package init?(latitude: Double, longitude: Double) {
    guard (-90.0...90.0).contains(latitude), (-180.0...180.0).contains(longitude) else {
      return nil
    }
    self.latitude = latitude
    self.longitude = longitude
  }
}

/// The value of ASCII digits, or nil where a byte is anything else.
private func decimalNumber(_ digits: ArraySlice<UInt8>) -> Int? {
  var value = 0
  for digit in digits {
    guard (0x30...0x39).contains(digit) else { return nil }
    value = value * 10 + Int(digit - 0x30)
  }
  return value
}
