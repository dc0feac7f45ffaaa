internal import Bytes

/// The one message that a decoding process writes to its parent: a picture, or why there is none.
///
/// Little-endian. Magic "SRPX", version (UInt32), kind (UInt8); then for
///
/// - kind 0, a picture: width and height (UInt32), stored orientation (UInt8), whether a date and
///   whether a place follow (UInt8 each), the date as year, month, day, hour, minute, second and
///   offset in minutes (Int32 each, the offset `Int32.min` where it is unknown), the place as
///   latitude and longitude (Float64), and the pixels;
/// - other kinds, an error: the format (UInt8, 0 for none), three numbers (Int64) and a text
///   (UInt32 bytes of UTF-8).
///
/// The parent treats the message as untrusted: a decoder that a picture has taken over may write
/// anything.
package enum PictureMessage {
  static let magic = Array("SRPX".utf8)
  static let version: UInt32 = 1
  static let unknownOffset = Int32.min

  /// Bytes of a message beyond its pixels, at most.
  package static let overheadLimit = 64 << 10

  /// Bytes of an error's text that are sent.
  static let textLimit = 4_096

  /// The kind of a message.
  enum Kind: UInt8 {
    case picture
    case empty
    case unknownFormat
    case tooManyBytes
    case tooManyPixels
    case truncated
    case damaged
    case unsupported
    case outOfMemory
    case unreadable
    case decoderEnded
  }

  /// The bytes of `result`.
  package static func encode(_ result: Result<Picture, PictureError>) -> [UInt8] {
    var message = ByteBuilder()
    message.append(bytes: magic)
    message.append(version)
    switch result {
    case .success(let picture): append(picture, to: &message)
    case .failure(let error): append(error, to: &message)
    }
    return message.bytes
  }

  private static func append(_ picture: Picture, to message: inout ByteBuilder) {
    let metadata = picture.metadata
    message.append(Kind.picture.rawValue)
    message.append(UInt32(picture.width))
    message.append(UInt32(picture.height))
    message.append(metadata.storedOrientation.rawValue)
    message.append(UInt8(metadata.captureDate == nil ? 0 : 1))
    message.append(UInt8(metadata.place == nil ? 0 : 1))
    if let date = metadata.captureDate {
      for field in [date.year, date.month, date.day, date.hour, date.minute, date.second] {
        message.append(Int32(field))
      }
      message.append(date.utcOffsetMinutes.map { Int32($0) } ?? unknownOffset)
    }
    if let place = metadata.place {
      message.append(place.latitude)
      message.append(place.longitude)
    }
    message.append(bytes: picture.pixels)
  }

  private static func append(_ error: PictureError, to message: inout ByteBuilder) {
    switch error {
    case .empty: appendFields(.empty, to: &message)
    case .unknownFormat: appendFields(.unknownFormat, to: &message)
    case .tooManyBytes(let byteCount, let limit):
      appendFields(.tooManyBytes, numbers: [byteCount, limit, 0], to: &message)
    case .tooManyPixels(let width, let height, let limit):
      appendFields(.tooManyPixels, numbers: [width, height, limit], to: &message)
    case .truncated(let format, let detail): appendFields(.truncated, format, detail, to: &message)
    case .damaged(let format, let detail): appendFields(.damaged, format, detail, to: &message)
    case .unsupported(let format, let feature):
      appendFields(.unsupported, format, feature, to: &message)
    case .outOfMemory(let format): appendFields(.outOfMemory, format, to: &message)
    case .unreadable(let reason): appendFields(.unreadable, nil, reason, to: &message)
    case .decoderEnded(let reason): appendFields(.decoderEnded, nil, reason, to: &message)
    }
  }

  private static func appendFields(
    _ kind: Kind, _ format: PictureFormat? = nil, _ text: String = "", numbers: [Int] = [0, 0, 0],
    to message: inout ByteBuilder
  ) {
    message.append(kind.rawValue)
    message.append(format?.rawValue ?? 0)
    for number in numbers { message.append(Int64(number)) }
    let bytes = text.utf8.prefix(textLimit)
    message.append(UInt32(bytes.count))
    message.append(bytes: bytes)
  }
}
