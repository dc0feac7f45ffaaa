@testable import Generation
import Bytes
import Models

/// A minimal language model: its logits depend on all previous tokens and their order, and favour a
/// token that is a function of the last two, so that its texts are repetitive.
final class FakeSession: LanguageModelSession {
  let vocabularyCount: Int
  let contextTokenCount: Int
  /// Distinguishes its states from those of other sessions.
  var kind = "fake"
  /// The hash after each position, and its token.
  private var states: [(hash: UInt64, token: Int32)] = []
  private var rows: [[Float]] = []
  /// Number of evaluations and of evaluated tokens.
  private(set) var evaluationCount = 0
  private(set) var evaluatedTokenCount = 0
  /// The amount by which the token is favoured.
  var lean: Float = 3.4

  init(vocabularyCount: Int = 40, contextTokenCount: Int = 400) {
    self.vocabularyCount = vocabularyCount
    self.contextTokenCount = contextTokenCount
  }

  var tokenCount: Int { states.count }

  func evaluate(_ tokens: ArraySlice<Int32>, logits: LogitRows) throws(ModelError) {
    precondition(!tokens.isEmpty && states.count + tokens.count <= contextTokenCount)
    evaluationCount += 1
    evaluatedTokenCount += tokens.count
    rows = []
    for (position, token) in tokens.enumerated() {
      guard token >= 0, Int(token) < vocabularyCount else {
        throw .tokenOutsideVocabulary(
          id: token, sequence: 0, position: position, vocabularyCount: vocabularyCount)
      }
      let before = states.last?.hash ?? 17
      states.append((CounterRandom(seed: before).bits(UInt64(token)), token))
      if logits == .all || (logits == .last && position == tokens.count - 1) {
        rows.append(row())
      }
    }
  }

  private func row() -> [Float] {
    let noise = CounterRandom(seed: states[states.count - 1].hash)
    var row = (0..<vocabularyCount).map { Float(noise.uniform(UInt64($0)) * 4) }
    let last = UInt64(states[states.count - 1].token)
    let beforeLast = states.count > 1 ? UInt64(states[states.count - 2].token) : 0
    let favourite = CounterRandom(seed: 5).bits(last * 1000 + beforeLast % 3)
    row[Int(favourite % UInt64(vocabularyCount))] += lean
    return row
  }

  func withLogits<R>(row: Int, _ body: (Span<Float>) throws -> R) rethrows -> R {
    let values = rows[row]
    return try body(values.span)
  }

  func rewind(to tokenCount: Int) {
    precondition(tokenCount <= states.count)
    states.removeLast(states.count - tokenCount)
    rows = []
  }

  func stateFingerprint() throws(BytesError) -> [UInt8] {
    try SHA256Digest.of(Array(kind.utf8)).bytes
  }

  func writeState(tokenCount: Int, to sink: any ByteSink) throws(ModelError) {
    do throws(BytesError) {
      let bytes = stateBytes(tokenCount: tokenCount)
      try sink.append(bytes)
      try sink.append(try SHA256Digest.of(bytes).bytes)
    } catch { throw .unreadable(source: "fake", reason: "\(error)") }
  }

  private func stateBytes(tokenCount: Int) -> [UInt8] {
    var bytes = ByteBuilder()
    for state in states.prefix(tokenCount) {
      bytes.append(state.hash)
      bytes.append(state.token)
    }
    return bytes.bytes
  }

  func readState(from file: MappedFile, range: Range<Int>?) throws(ModelError) {
    let range = range ?? 0..<file.byteCount
    var states: [(hash: UInt64, token: Int32)] = []
    do throws(BytesError) {
      let end = max(range.lowerBound, range.upperBound - 32)
      let digest = try SHA256Digest.of(file, range: range.lowerBound..<end)
      guard try file.copyBytes(end..<range.upperBound) == digest.bytes else {
        throw .cryptography(operation: "checksum")
      }
      var reader = try ByteReader(file: file, range: range.lowerBound..<end)
      while reader.availableByteCount > 0 {
        states.append((try reader.uint64("hash"), Int32(bitPattern: try reader.uint32("token"))))
      }
    } catch {
      throw .invalid(entry: "state", reason: "\(error)", source: "fake")
    }
    self.states = states
  }
}

/// Decodes each id to a different text.
struct FakeDecoder: TokenDecoding {
  let texts: [String]

  /// Letters and short words, all different.
  static let words = FakeDecoder(
    texts: (0..<40).map { $0 < 26 ? String(UnicodeScalar(UInt8(97 + $0))) : " w\($0)é" })
  /// ASCII, one character per id.
  static let characters = FakeDecoder(
    texts: (0..<128).map { String(UnicodeScalar(UInt8($0))) } + [""])

  mutating func append(_ id: Int32) -> String { texts[Int(id)] }
  mutating func finish() -> String { "" }
}
