import Bytes
import Testing

/// The tokens that both JSON readers share.
@Suite struct JSONLexerTests {
  @Test func tokensAreReadOneByOne() throws {
    var lexer = JSONLexer(Array(" { \"a\\u00e9\" :[12 ,18446744073709551615],true -1.5e1 }".utf8))
    try lexer.expect("{")
    #expect(try lexer.stringBytes() == Array("aé".utf8))
    try lexer.expect(":")
    try lexer.expect("[")
    #expect(try lexer.wholeNumber() == 12)
    #expect(lexer.skip(",") && !lexer.skip("x"))
    #expect(try lexer.wholeNumber() == .max)
    try lexer.expect("]")
    try lexer.expect(",")
    try lexer.word("true")
    lexer.skipSpaces()
    #expect(try lexer.number() == -15)
    try lexer.expect("}")
    #expect(lexer.next == nil && lexer.byteOffset == 54)
  }

  /// Offsets count from the start of the file, and nothing after the range is read.
  @Test func aRangeOfAFile() throws {
    let file = MappedFile(bytes: Array("xx\"ab\"12".utf8), name: "test")
    var lexer = JSONLexer(file: file, range: 2..<7)
    #expect(try lexer.string() == "ab")
    #expect(try lexer.wholeNumber() == 1)
    #expect(throws: JSONError.unexpected(byteOffset: 7, expected: "true", found: "the end")) {
      try lexer.word("true")
    }
  }

  @Test func errorsSayWhatWasExpectedAndFound() {
    func error(_ text: String, _ read: (inout JSONLexer) throws(JSONError) -> Void) -> JSONError? {
      var lexer = JSONLexer(Array(text.utf8))
      do throws(JSONError) { try read(&lexer) } catch { return error }
      return nil
    }
    func whole(_ text: String) -> JSONError? {
      error(text) { lexer throws(JSONError) in _ = try lexer.wholeNumber() }
    }
    func string(_ text: String) -> JSONError? {
      error(text) { lexer throws(JSONError) in _ = try lexer.stringBytes() }
    }
    #expect(whole("18446744073709551616") == .tooLarge(byteOffset: 0))
    #expect(whole("0") == nil && whole("1.0") != nil && whole("1e3") != nil && whole("-1") != nil)
    #expect(
      whole(" 01")
        == .unexpected(byteOffset: 1, expected: "a number without leading zeros", found: "'0'"))
    #expect(
      string("\"a\n\"")
        == .unexpected(byteOffset: 2, expected: "an escaped control character", found: "byte 0xa"))
    #expect(string("\"\\ud83d\\u0041\"") != nil && string("\"\\ud83d\"") != nil)
    #expect(string("\"\\ud83d\\ude00\"") == nil)
  }
}
