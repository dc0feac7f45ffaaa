import Testing

@testable import Bytes

@Suite struct JSONValueTests {
  private func parse(_ text: String) throws(JSONError) -> JSONValue {
    try JSONValue.parse(Array(text.utf8))
  }

  @Test func readsEveryKindOfValue() throws {
    let value = try parse(
      #" {"a": [1, -2.5e3, true, false, null], "é\n\u00e9\ud83d\ude00\/": "x", "o": {}, "e": []} "#)
    #expect(
      value["a"]?.arrayValue == [.number(1), .number(-2500), .bool(true), .bool(false), .null])
    #expect(value["é\né😀/"]?.stringValue == "x")
    #expect(value["o"]?.members?.isEmpty == true)
    #expect(value["e"] == .array([]))
    #expect(value["absent"] == nil)
    #expect(try parse("1e-12").numberValue == 1e-12)
    #expect(try parse("30522").integerValue == 30522)
    #expect(try parse("1.5").integerValue == nil)
    #expect(try parse("1e300").integerValue == nil)
  }

  /// Composed and decomposed "é" are equal as `String`, but they are two keys in a vocabulary.
  @Test func keysAreComparedByBytes() throws {
    let value = try parse(#"{"\u00e9": 1, "e\u0301": 2}"#)
    #expect(value["\u{E9}"]?.integerValue == 1)
    #expect(value["e\u{301}"]?.integerValue == 2)
    #expect(try parse(#"{"a": 1, "a": 2}"#)["a"]?.integerValue == 2)
  }

  @Test(
    arguments: [
      "", " ", "{", "[", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "[1 2]", "01", "-", "1.", ".5",
      "1e", "+1", "NaN", "tru", "nul", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"",
      "\"\\ud800\\u0041\"", "\"\\udc00\\ud800\"", "\"\n\"", "1 2", "{\"a\":1,}", "//", "'a'",
    ])
  func refusesWhatIsNotJSON(_ text: String) {
    #expect(throws: JSONError.self) { try parse(text) }
  }

  @Test func refusesDeepNesting() throws {
    let limit = JSONValue.depthLimit
    let deepest = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
    _ = try parse(deepest)
    #expect(throws: JSONError.tooDeep(byteOffset: limit + 1, limit: limit)) {
      try parse(String(repeating: "[", count: 100_000))
    }
  }

  @Test func truncationAndMutationNeverTrap() {
    let text = Array(#"{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00",{"b":null}],"c":true}"#.utf8)
    for count in 0..<text.count {
      #expect(throws: JSONError.self) { try JSONValue.parse(Array(text.prefix(count))) }
    }
    for index in text.indices {
      for byte in [UInt8(0), 0x22, 0x5B, 0x5C, 0x80, 0xFF, text[index] ^ 1] {
        var mutated = text
        mutated[index] = byte
        _ = try? JSONValue.parse(mutated)
      }
    }
  }
}
