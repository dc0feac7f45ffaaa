internal import Bytes

/// What a line of a server's event stream says.
enum StreamEvent: Equatable {
  /// The content of a `data:` line.
  case data([UInt8])
  /// `data: [DONE]`.
  case done
}

/// Cuts a stream of server-sent events into its data lines, wherever the pieces were cut.
///
/// Lines are put together as bytes and decoded whole, so a piece may end inside of a character. Every
/// data line is an event of its own, as all OpenAI-compatible servers send them; comments and the
/// fields `event`, `id` and `retry` are passed over.
///
/// - Source: "Server-sent events" of the HTML standard. A carriage return alone ends no line here.
struct EventStreamReader {
  enum Failure: Error, Equatable {
    case lineTooLong
    case notAnEvent(beginning: String)
  }

  /// The longest line that is taken; a token's event has a few hundred bytes.
  static let lineLimit = 1 << 20

  private var line: [UInt8] = []

  /// Takes the next piece of the stream.
  ///
  /// - Parameters:
  ///   - bytes: any number of them.
  ///   - take: given each event in order; false ends the reading.
  /// - Returns: false if `take` said so.
  /// - Throws: `Failure`; what `take` throws.
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
    // llama-server of 2024 told of errors by a field `error`.
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
