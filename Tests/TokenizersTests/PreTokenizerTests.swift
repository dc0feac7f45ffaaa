import Testing

@testable import Tokenizers

@Suite struct PreTokenizerTests {
  private func words(_ text: String, _ name: String) throws -> [String] {
    let bytes = Array(text.utf8)
    var words = PreTokenizer.Words(of: bytes, by: try #require(PreTokenizer(name: name)))
    var found: [String] = []
    while let range = words.next() { found.append(String(decoding: bytes[range], as: UTF8.self)) }
    return found
  }

  @Test(arguments: [
    (
      "gpt-2", "it's  a 12345 test…\n\n x ",
      ["it", "'s", " ", " a", " 12345", " test", "…", "\n\n", " x", " "]
    ),
    ("gpt-2", "IT'S 'll'", ["IT", "'", "S", " '", "ll", "'"]),
    ("gpt-2", "\tx \u{A0}y", ["\t", "x", " ", "\u{A0}", "y"]),
    ("llama-bpe", "IT'S 12345\n", ["IT", "'S", " ", "123", "45", "\n"]),
    (
      "llama-bpe", "\tx foo.bar (a)\r\n\n  b",
      ["\tx", " foo", ".bar", " (", "a", ")\r\n\n", " ", " b"]
    ),
    ("llama-bpe", " \n \n  x", [" \n \n", " ", " x"]),
    ("qwen2", "a12", ["a", "1", "2"]),
    ("starcoder", "a 12b", ["a", " ", "1", "2", "b"]),
    ("smollm", "IT'S 12b", ["IT", "'", "S", " ", "1", "2", "b"]),
    (
      "default", "a, b+c 12345 x'll", ["a", ",", " b", "+", "c", " ", "123", "45", " x", "'", "ll"]
    ),
  ])
  func wordsAreThoseOfTheExpressions(name: String, text: String, expected: [String]) throws {
    #expect(try words(text, name) == expected)
  }

  @Test(arguments: ["gpt-2", "llama-bpe", "qwen2", "starcoder", "smollm", "default"])
  func wordsTogetherAreTheText(name: String) throws {
    var generator = SplitMix64(state: 5)
    let parts = [
      "a", "é", "'", "'s", " ", "  ", "\n", "\r\n", "1", "２", "🦙", ".", "$", "\u{2028}", "x", "漢",
    ]
    for _ in 0..<300 {
      let text = (0..<Int.random(in: 0..<12, using: &generator)).map { _ in
        parts.randomElement(using: &generator) ?? ""
      }.joined()
      let found = try words(text, name)
      #expect(found.joined() == text)
      #expect(!found.contains(""))
    }
  }

  @Test func classesOfCharacters() {
    let classes = WordClasses.table
    #expect(classes.pageCount <= 256)
    for (scalar, expected) in [
      ("a", .letter), ("漢", .letter), ("7", .number), ("½", .number), ("Ⅷ", .number),
      (" ", .space), ("\u{A0}", .space), ("\u{200B}", .other), (".", .punctuation),
      ("$", .other), ("\u{301}", .other), ("\u{10FFFF}", .other),
    ] as [(Unicode.Scalar, WordClass)] {
      #expect(classes[scalar.value] == expected, "\(scalar)")
    }
  }

  @Test func everyByteHasItsCharacter() {
    let all = Array(UInt8.min...UInt8.max)
    let spelling = ByteCharacters.encode(all)
    #expect(ByteCharacters.decode(spelling[...]) == all)
    #expect(String(decoding: ByteCharacters.encode(" \n".utf8), as: UTF8.self) == "ĠĊ")
    #expect(ByteCharacters.decode(Array("漢".utf8)[...]) == nil)
    #expect(ByteCharacters.decode([0xC4]) == nil)
    #expect(ByteCharacters.decode([0x20]) == nil)
  }
}
