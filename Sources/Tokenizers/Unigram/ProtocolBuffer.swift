/// Reads the fields of one message in the wire format of protocol buffers.
///
/// - Source: protobuf.dev, "Encoding": a field is a varint `number << 3 | type`, then its value.
struct ProtocolBuffer {
  /// The value of a field.
  enum Value {
    case number(UInt64)
    case fixed64(UInt64)
    case bytes(ArraySlice<UInt8>)
    case fixed32(UInt32)
  }

  private var rest: ArraySlice<UInt8>
  private let source: String

  /// - Parameters:
  ///   - bytes: the message.
  ///   - source: the file's name, for errors.
  init(_ bytes: ArraySlice<UInt8>, source: String) {
    rest = bytes
    self.source = source
  }

  /// The next field; nil at the end.
  ///
  /// - Throws: `TokenizerError.invalid` where the message is cut off or has groups, which no current
  ///   writer makes.
  mutating func next() throws(TokenizerError) -> (number: UInt64, value: Value)? {
    guard !rest.isEmpty else { return nil }
    let key = try varint()
    let value: Value
    switch key & 7 {
    case 0: value = .number(try varint())
    case 1: value = .fixed64(try fixed(8))
    case 2:
      let count = try varint()
      guard count <= UInt64(rest.count) else { throw cutOff }
      value = .bytes(rest.prefix(Int(count)))
      rest = rest.dropFirst(Int(count))
    case 5: value = .fixed32(UInt32(truncatingIfNeeded: try fixed(4)))
    default: throw cutOff
    }
    return (key >> 3, value)
  }

  private mutating func varint() throws(TokenizerError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = rest.popFirst() else { throw cutOff }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw cutOff
  }

  private mutating func fixed(_ count: Int) throws(TokenizerError) -> UInt64 {
    guard rest.count >= count else { throw cutOff }
    let bytes = rest.prefix(count)
    rest = rest.dropFirst(count)
    return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private var cutOff: TokenizerError {
    .invalid(
      entry: "the message", reason: "\(rest.count) bytes before its end it is damaged",
      source: source)
  }
}
