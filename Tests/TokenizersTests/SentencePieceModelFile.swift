import Checkpoints
import Foundation

/// Reads SentencePiece's `.model` files, so that tests can use the published ones.
///
/// A protocol-buffer message of which only field 1 matters: the pieces, each with its spelling (1),
/// score (2, Float32) and type (3).
/// - Source: sentencepiece `sentencepiece_model.proto`.
struct SentencePieceModelFile {
  var pieces: [(spelling: [UInt8], score: Float, type: Int32)] = []

  init(contentsOf url: URL) throws {
    var file = ProtocolBuffer(bytes: Array(try Data(contentsOf: url))[...])
    while let field = file.next() {
      guard field.number == 1 else { continue }
      var piece: (spelling: [UInt8], score: Float, type: Int32) = ([], 0, 1)
      var message = ProtocolBuffer(bytes: field.bytes)
      while let part = message.next() {
        switch part.number {
        case 1: piece.spelling = Array(part.bytes)
        case 2: piece.score = Float(bitPattern: UInt32(truncatingIfNeeded: part.value))
        case 3: piece.type = Int32(truncatingIfNeeded: part.value)
        default: break
        }
      }
      pieces.append(piece)
    }
  }

  /// The entries that a GGUF file of this vocabulary has.
  ///
  /// - Parameters:
  ///   - added: user-defined tokens after the model's own, as converters write them.
  ///   - name: `general.name`.
  /// - Returns: metadata for `LanguageTokenizer`.
  func metadata(added: [String] = [], name: String = "vocabulary") -> Metadata {
    var metadata = Metadata()
    let all = pieces + added.map { (Array($0.utf8), -1_000, 4) }
    for (key, value) in [
      ("general.name", .string(name)),
      ("tokenizer.ggml.model", .string("llama")),
      ("tokenizer.ggml.tokens", .array(.string(StringArray(bytes: all.map(\.spelling))))),
      ("tokenizer.ggml.scores", .array(.float32(all.map(\.score)))),
      ("tokenizer.ggml.token_type", .array(.int32(all.map(\.type)))),
      ("tokenizer.ggml.bos_token_id", .uint32(1)), ("tokenizer.ggml.eos_token_id", .uint32(2)),
      ("tokenizer.ggml.unknown_token_id", .uint32(0)),
    ] as [(String, MetadataValue)] {
      _ = metadata.append(key: key, value: value)
    }
    return metadata
  }
}

/// Walks the fields of a protocol-buffer message.
private struct ProtocolBuffer {
  var bytes: ArraySlice<UInt8>

  mutating func next() -> (number: Int, value: UInt64, bytes: ArraySlice<UInt8>)? {
    guard let key = varint() else { return nil }
    let number = Int(key >> 3)
    switch key & 7 {
    case 0: return varint().map { (number, $0, []) }
    case 1: return fixed(8).map { (number, $0, []) }
    case 2:
      guard let count = varint(), count <= UInt64(bytes.count) else { return nil }
      defer { bytes = bytes.dropFirst(Int(count)) }
      return (number, 0, bytes.prefix(Int(count)))
    case 5: return fixed(4).map { (number, $0, []) }
    default: return nil
    }
  }

  private mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = bytes.popFirst() else { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }

  private mutating func fixed(_ count: Int) -> UInt64? {
    guard bytes.count >= count else { return nil }
    defer { bytes = bytes.dropFirst(count) }
    return bytes.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
