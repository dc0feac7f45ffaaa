internal import Bytes

/// A part of what a decoding process writes to its parent: a header, pieces of sound, an end.
///
/// Little-endian. The stream begins with the magic "SRSN" and a version (UInt32). Each part is a kind
/// (UInt8), the size of its content (UInt32) and the content:
///
/// - 0, the first: the format (UInt8), sample rate and channels of the file (UInt32 each);
/// - 1, samples: Float32;
/// - 2, the last: a text (UTF-8), empty where nothing went wrong;
/// - 3, the last: an error, as its kind (UInt8), the format (UInt8, 0 for none), a number (Int64)
///   and a text (UTF-8).
///
/// The parent treats the stream as untrusted: a decoder that a file has taken over may write
/// anything.
enum SoundMessage: Equatable {
  case header(SoundFormat, sampleRate: Int, channelCount: Int)
  case samples([Float])
  case end(remark: String?)
  case failure(SoundError)

  static let preamble = Array("SRSN".utf8) + [1, 0, 0, 0]

  /// Bytes of one part's content, at most: a block of samples from the lowest rate.
  static let contentLimit = 4 << 20

  /// Bytes of a text that are sent.
  private static let textLimit = 4_096

  /// The bytes of the part.
  var bytes: [UInt8] {
    var content = ByteBuilder()
    let kind: UInt8
    switch self {
    case .header(let format, let sampleRate, let channelCount):
      kind = 0
      content.append(format.rawValue)
      content.append(UInt32(sampleRate))
      content.append(UInt32(channelCount))
    case .samples(let samples):
      kind = 1
      let words = samples.map(\.bitPattern.littleEndian)
      unsafe words.withUnsafeBytes { unsafe content.append(bytes: $0) }
    case .end(let remark):
      kind = 2
      content.append(bytes: (remark ?? "").utf8.prefix(Self.textLimit))
    case .failure(let error):
      kind = 3
      let fields = error.fields
      content.append(fields.kind)
      content.append(fields.format?.rawValue ?? 0)
      content.append(Int64(fields.number))
      content.append(bytes: fields.text.utf8.prefix(Self.textLimit))
    }
    var builder = ByteBuilder()
    builder.append(kind)
    builder.append(UInt32(content.byteCount))
    builder.append(bytes: content.bytes)
    return builder.bytes
  }

  /// A part from its kind and content; nil where they make no sense.
  init?(kind: UInt8, content: [UInt8]) {
    var reader = ByteReader(bytes: content, name: "message")
    let message: SoundMessage?
    do throws(BytesError) {
      switch kind {
      case 0:
        let format = SoundFormat(rawValue: try reader.uint8("format"))
        let (rate, channels) = (try reader.uint32("rate"), try reader.uint32("channels"))
        message = format.map {
          .header($0, sampleRate: Int(rate), channelCount: Int(channels))
        }
      case 1:
        // Rounded up, so that a part of a sample is an error.
        let words = try reader.integers((content.count + 3) / 4, of: UInt32.self, "samples")
        let samples = words.map { Float(bitPattern: $0) }
        message = samples.allSatisfy { $0.isFinite } ? .samples(samples) : nil
      case 2:
        let text = String(decoding: content, as: UTF8.self)
        message = .end(remark: text.isEmpty ? nil : text)
      case 3:
        let fields = try SoundError.Fields(
          kind: reader.uint8("kind"), format: SoundFormat(rawValue: reader.uint8("format")),
          number: Int(reader.integer(Int64.self, "number")),
          text: String(
            decoding: reader.bytes(reader.availableByteCount, "text"), as: UTF8.self))
        message = SoundError(fields).map { .failure($0) }
      default: message = nil
      }
    } catch {
      return nil
    }
    guard let message else { return nil }
    self = message
  }
}

extension SoundError {
  /// The parts of an error in a message.
  struct Fields {
    var kind: UInt8
    var format: SoundFormat?
    var number = 0
    var text = ""
  }

  var fields: Fields {
    switch self {
    case .empty: Fields(kind: 0)
    case .unknownFormat: Fields(kind: 1)
    case .channelCount(let count, let limit): Fields(kind: 2, number: count, text: "\(limit)")
    case .sampleRate(let rate): Fields(kind: 3, number: rate)
    case .tooLong(let seconds): Fields(kind: 4, number: seconds)
    case .damaged(let format, let detail): Fields(kind: 5, format: format, text: detail)
    case .noSound(let format): Fields(kind: 6, format: format)
    case .needsFFmpeg(let format): Fields(kind: 7, format: format)
    case .unreadable(let reason): Fields(kind: 8, text: reason)
    case .decoderEnded(let reason): Fields(kind: 9, text: reason)
    }
  }

  /// Nil where the fields belong to no error.
  init?(_ fields: Fields) {
    switch (fields.kind, fields.format) {
    case (0, _): self = .empty
    case (1, _): self = .unknownFormat
    case (2, _):
      guard let limit = Int(fields.text) else { return nil }
      self = .channelCount(fields.number, limit: limit)
    case (3, _): self = .sampleRate(fields.number)
    case (4, _): self = .tooLong(limitSeconds: fields.number)
    case (5, let format?): self = .damaged(format, detail: fields.text)
    case (6, let format?): self = .noSound(format)
    case (7, let format?): self = .needsFFmpeg(format)
    case (8, _): self = .unreadable(fields.text)
    case (9, _): self = .decoderEnded(fields.text)
    default: return nil
    }
  }
}
