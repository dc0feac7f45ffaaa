internal import Bytes

extension PictureMessage {
  /// The picture that `bytes` hold.
  ///
  /// - Throws: the error that the message holds, `PictureError.tooManyPixels` for a picture above
  ///   `limits`, or `.decoderEnded` where the bytes are not one whole message.
  package static func decode(
    _ bytes: [UInt8], limits: PictureLimits
  ) throws(PictureError) -> Picture {
    let result: Result<Picture, PictureError>?
    do throws(BytesError) {
      result = try read(bytes, limits: limits)
    } catch {
      throw .decoderEnded("its message is cut short: \(error)")
    }
    guard let result else { throw .decoderEnded("its message cannot be understood") }
    return try result.get()
  }

  /// - Returns: nil where a field has an impossible value.
  private static func read(
    _ bytes: [UInt8], limits: PictureLimits
  ) throws(BytesError) -> Result<Picture, PictureError>? {
    var reader = ByteReader(bytes: bytes, name: "message")
    guard try reader.bytes(magic.count, "magic") == magic,
      try reader.uint32("version") == version, let kind = Kind(rawValue: try reader.uint8("kind"))
    else { return nil }
    if kind == .picture { return try readPicture(&reader, limits: limits) }
    return try readError(&reader, kind: kind).map { .failure($0) }
  }

  private static func readPicture(
    _ reader: inout ByteReader, limits: PictureLimits
  ) throws(BytesError) -> Result<Picture, PictureError>? {
    let (width, height) = (Int(try reader.uint32("width")), Int(try reader.uint32("height")))
    guard width > 0, height > 0 else { return nil }
    let (pixelCount, overflow) = width.multipliedReportingOverflow(by: height)
    if overflow || pixelCount > limits.maximumPixelCount {
      return .failure(
        .tooManyPixels(width: width, height: height, limit: limits.maximumPixelCount))
    }
    var metadata = PictureMetadata()
    guard let orientation = Orientation(rawValue: try reader.uint8("orientation")) else {
      return nil
    }
    metadata.storedOrientation = orientation
    let hasDate = try reader.uint8("date flag") != 0
    let hasPlace = try reader.uint8("place flag") != 0
    if hasDate {
      let fields = try reader.integers(7, of: Int32.self, "date").map { Int($0) }
      guard
        var date = CaptureDate(
          year: fields[0], month: fields[1], day: fields[2], hour: fields[3], minute: fields[4],
          second: fields[5])
      else { return nil }
      if fields[6] != Int(unknownOffset) {
        guard abs(fields[6]) < 15 * 60 else { return nil }
        date.utcOffsetMinutes = fields[6]
      }
      metadata.captureDate = date
    }
    if hasPlace {
      let latitude = try reader.float64("latitude")
      let longitude = try reader.float64("longitude")
      guard let place = GeographicPlace(latitude: latitude, longitude: longitude) else {
        return nil
      }
      metadata.place = place
    }
    let pixels = try reader.bytes(pixelCount * 3, "pixels")
    guard reader.availableByteCount == 0 else { return nil }
    return .success(Picture(width: width, height: height, pixels: pixels, metadata: metadata))
  }

  private static func readError(
    _ reader: inout ByteReader, kind: Kind
  ) throws(BytesError) -> PictureError? {
    let format = PictureFormat(rawValue: try reader.uint8("format"))
    let numbers = try reader.integers(3, of: Int64.self, "numbers").map { Int($0) }
    let textByteCount = min(Int(try reader.uint32("size of the text")), textLimit)
    let text = String(decoding: try reader.bytes(textByteCount, "text"), as: UTF8.self)
    switch (kind, format) {
    case (.empty, _): return .empty
    case (.unknownFormat, _): return .unknownFormat
    case (.tooManyBytes, _): return .tooManyBytes(numbers[0], limit: numbers[1])
    case (.tooManyPixels, _):
      return .tooManyPixels(width: numbers[0], height: numbers[1], limit: numbers[2])
    case (.truncated, let format?): return .truncated(format, detail: text)
    case (.damaged, let format?): return .damaged(format, detail: text)
    case (.unsupported, let format?): return .unsupported(format, feature: text)
    case (.outOfMemory, let format?): return .outOfMemory(format)
    case (.unreadable, _): return .unreadable(text)
    case (.decoderEnded, _): return .decoderEnded(text)
    default: return nil
    }
  }
}
