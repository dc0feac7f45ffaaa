internal import Bytes

/// An event of a server's event stream.
enum StreamEvent: Equatable {
  /// The content of a `data:` line.
  case data([UInt8])
  /// `data: [DONE]`.
  case done
}

/// Parses server-sent events from pieces of any size.
///
/// Lines are assembled as bytes and decoded as a whole, so a piece may end within a character. Every
/// data line is an event of its own, as in all OpenAI-compatible servers; comments and the fields
/// `event`, `id` and `retry` are ignored.
///
/// - Source: "Server-sent events" of the HTML standard, except that a carriage return alone does not
///   end a line.
struct EventStreamReader {
  /// An error in the stream.
  enum Failure: Error, Equatable {
    case lineTooLong
    case notAnEvent(beginning: String)
  }

  /// Longest accepted line in bytes; a token's event has a few hundred.
  static let lineLimit = 1 << 20

  private var line: [UInt8] = []

  /// Appends a piece of the stream.
  ///
  /// - Parameters:
  ///   - bytes: the piece.
  ///   - take: called for each event in order; false stops.
  /// - Returns: false if `take` returned false.
  /// - Throws: `Failure`; errors of `take`.
  mutating func append(
    _ bytes: ArraySlice<UInt8>, take: (StreamEvent) throws -> Bool
  ) throws -> Bool {
    var rest = bytes
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      try extend(with: rest[..<end])
      rest = rest[(end + 1)...]
      if let event = try endLine(), try !take(event) { return false }
    }
    try extend(with: rest)
    return true
  }

  private mutating func extend(with bytes: ArraySlice<UInt8>) throws(Failure) {
    if line.count + bytes.count > Self.lineLimit { throw .lineTooLong }
    line.append(contentsOf: bytes)
  }

  private mutating func endLine() throws(Failure) -> StreamEvent? {
    defer { line.removeAll(keepingCapacity: true) }
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    if line.isEmpty || line.first == UInt8(ascii: ":") { return nil }
    let name = line.prefix { $0 != UInt8(ascii: ":") }
    switch String(decoding: name, as: UTF8.self) {
    // llama-server of 2024 reports errors in a field `error`.
    case "data", "error":
      var value = line.dropFirst(name.count + 1)
      if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
      return value.elementsEqual("[DONE]".utf8) ? .done : .data(Array(value))
    case "event", "id", "retry": return nil
    default:
      throw .notAnEvent(beginning: printable(String(decoding: line.prefix(80), as: UTF8.self)))
    }
  }
}
