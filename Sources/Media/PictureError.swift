/// Why a file gives no picture.
package enum PictureError: Error, Sendable, Equatable {
  /// The file has no bytes.
  case empty

  /// The first bytes belong to none of the formats of `PictureFormat`.
  case unknownFormat

  /// The file is larger than `PictureLimits.maximumByteCount`.
  case tooManyBytes(Int, limit: Int)

  /// The header states more pixels than `PictureLimits.maximumPixelCount`.
  case tooManyPixels(width: Int, height: Int, limit: Int)

  /// The file ends before the picture does.
  case truncated(PictureFormat, detail: String)

  /// The bytes contradict the format.
  case damaged(PictureFormat, detail: String)

  /// A valid variant of the format that the decoder does not read.
  case unsupported(PictureFormat, feature: String)

  /// The library had no memory for the picture.
  case outOfMemory(PictureFormat)

  /// The operating system does not give the file's bytes.
  case unreadable(String)

  /// The process that decodes the picture ended without an answer: a crash or one of its limits.
  case decoderEnded(String)
}

extension PictureError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "the file is empty"
    case .unknownFormat: "not a JPEG, PNG, WebP, GIF, BMP or TIFF picture"
    case .tooManyBytes(let byteCount, let limit):
      "the file has \(byteCount) bytes, and the limit is \(limit)"
    case .tooManyPixels(let width, let height, let limit):
      "the picture has \(width) x \(height) pixels, and the limit is \(limit) pixels"
    case .truncated(let format, let detail): "the \(format.name) picture is cut short: \(detail)"
    case .damaged(let format, let detail): "the \(format.name) picture is damaged: \(detail)"
    case .unsupported(let format, let feature):
      "the \(format.name) picture uses \(feature), which is not supported"
    case .outOfMemory(let format): "no memory is left to decode the \(format.name) picture"
    case .unreadable(let reason): reason
    case .decoderEnded(let reason): "the picture decoder ended without a result: \(reason)"
    }
  }
}
