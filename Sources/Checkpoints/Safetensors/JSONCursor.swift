internal import Bytes

/// The part of JSON that a safetensors header needs: objects, strings, arrays of whole numbers.
///
/// The structure of the header is fixed, so the reader says what must come next instead of building
/// a tree: `JSONValue` would take a few times the memory of a header of up to 100 MB and lose the
/// offsets that errors name. Nothing is nested by the file's choice, so nothing can overflow the
/// stack. The tokens are those of `JSONLexer`.
struct JSONCursor {
  private var lexer: JSONLexer

  /// A cursor over `range` of `file`.
  ///
  /// - Precondition: the range is inside the file.
  init(file: MappedFile, range: Range<Int>) { lexer = JSONLexer(file: file, range: range) }

  /// The offset of the next byte in the file.
  var byteOffset: Int { lexer.byteOffset }

  /// Skips spaces only.
  mutating func skipSpaces() { lexer.skipSpaces() }

  /// Calls `member` for each member of an object, with the cursor after its colon.
  ///
  /// - Parameters:
  ///   - place: what the object is, for errors.
  ///   - member: receives the key's bytes and where the key began; must consume the value.
  /// - Throws: `CheckpointError.invalidHeader`, or what `member` throws.
  mutating func object(
    _ place: String,
    _ member: (inout JSONCursor, [UInt8], Int) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    try token("at the start of", place) { lexer throws(JSONError) in try lexer.expect("{") }
    if lexer.skip("}") { return }
    while true {
      lexer.skipWhitespace()
      let keyOffset = byteOffset
      let key = try token("as a name in", place) { lexer throws(JSONError) in
        let key = try lexer.stringBytes()
        try lexer.expect(":")
        lexer.skipWhitespace()
        return key
      }
      try member(&self, key, keyOffset)
      if lexer.skip(",") { continue }
      try token("after a member of", place) { lexer throws(JSONError) in
        guard lexer.skip("}") else { throw lexer.unexpected("',' or '}'") }
      }
      return
    }
  }

  /// Reads an array of whole numbers, at most `limit` of them.
  ///
  /// - Throws: `CheckpointError.invalidHeader`, `.limitExceeded`, or `.bytes(.overflow)`.
  mutating func wholeNumbers(
    limit: Int, _ place: String
  ) throws(CheckpointError) -> [UInt64] {
    try token("at the start of", place) { lexer throws(JSONError) in try lexer.expect("[") }
    var numbers: [UInt64] = []
    if lexer.skip("]") { return numbers }
    while true {
      if numbers.count == limit {
        throw .limitExceeded(
          what: "count of \(place)", byteOffset: byteOffset, value: UInt64(limit + 1),
          limit: UInt64(limit))
      }
      numbers.append(
        try token("in", place) { lexer throws(JSONError) in try lexer.wholeNumber() })
      if lexer.skip(",") { continue }
      try token("in", place) { lexer throws(JSONError) in
        guard lexer.skip("]") else { throw lexer.unexpected("',' or ']'") }
      }
      return numbers
    }
  }

  /// Reads a string; escapes are resolved, the result is UTF-8.
  ///
  /// - Throws: `CheckpointError.invalidHeader`.
  mutating func string(_ place: String) throws(CheckpointError) -> [UInt8] {
    try token("as", place) { lexer throws(JSONError) in try lexer.stringBytes() }
  }

  /// Reads a token; an error becomes one of the header, with the place in words.
  private mutating func token<Value>(
    _ relation: String, _ place: String,
    _ body: (inout JSONLexer) throws(JSONError) -> Value
  ) throws(CheckpointError) -> Value {
    do throws(JSONError) { return try body(&lexer) } catch {
      switch error {
      case .unexpected(let byteOffset, let expected, let found):
        throw .invalidHeader(
          byteOffset: byteOffset,
          reason: "expected \(expected) \(relation) \(place), found \(found)")
      case .tooLarge(let byteOffset):
        throw .bytes(.overflow(what: place, byteOffset: byteOffset))
      case .tooDeep(let byteOffset, _):
        throw .invalidHeader(byteOffset: byteOffset, reason: "\(place) is nested too deeply")
      }
    }
  }
}
