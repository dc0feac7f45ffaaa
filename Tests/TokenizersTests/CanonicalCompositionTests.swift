import Foundation
import Testing

@testable import Tokenizers

@Suite struct CanonicalCompositionTests {
  private func normalized(_ text: String) -> [UInt8] {
    CanonicalComposition.shared.normalized(Array(text.utf8))
  }

  @Test(arguments: [
    ("cafe\u{301}s", "caf\u{E9}s"),
    ("a\u{307}\u{323}", "\u{1EA1}\u{307}"),  // reordered: the dot below has the lower class
    ("o\u{31B}\u{323}\u{301}", "\u{1EE3}\u{301}"),
    ("a\u{305}\u{301}", "a\u{305}\u{301}"),  // blocked by a mark of the same class
    ("\u{1112}\u{1161}\u{11AB}", "\u{D55C}"),
    ("\u{AC00}\u{11A8}", "\u{AC01}"),
    ("\u{AC01}\u{11A8}", "\u{AC01}\u{11A8}"),  // the syllable is already closed
    ("\u{212B}\u{2126}\u{212A}", "\u{C5}\u{3A9}K"),  // singletons
    ("\u{958}", "\u{915}\u{93C}"),  // excluded from composition
    ("\u{CC6}\u{CC2}\u{CD5}", "\u{CCB}"),  // a composite of a composite
    ("\u{308}a\u{308}", "\u{308}\u{E4}"),  // a mark without a base
    ("<\u{338}", "\u{226E}"),
    // U+0F73 has class 0 but decomposes into marks of classes 129 and 130, which are sorted too.
    ("\u{ABC}\u{353}\u{F73}", "\u{ABC}\u{F71}\u{F72}\u{353}"),
    ("", ""), ("plain", "plain"), ("\u{E9}\u{10FFFF}\u{1F999}", "\u{E9}\u{10FFFF}\u{1F999}"),
  ])
  func knownForms(text: String, expected: String) {
    #expect(normalized(text) == Array(expected.utf8))
    #expect(normalized("x " + text + "\u{6F22}") == Array(("x " + expected + "\u{6F22}").utf8))
  }

  /// Foundation has a newer edition of Unicode, but the normal form of assigned scalars is stable.
  ///
  /// It does not sort the marks into which U+0F73, U+0F75 and U+0F81 decompose, so these are left out.
  @Test func equalsFoundationOnScalarsThatBothKnow() {
    let ranges = UnicodeRanges.shared
    var alphabet = ranges.decomposition.keys.filter { ![0xF73, 0xF75, 0xF81].contains($0) }
    alphabet += ranges.decomposition.values.flatMap(\.self)
    alphabet += ranges.combiningClass.map(\.first)
    alphabet += [
      0x1100, 0x1112, 0x1161, 0x1175, 0x11A8, 0x11C2, 0xAC00, 0xD7A3, 0x61, 0x20, 0x6F22,
    ]
    alphabet = Array(Set(alphabet)).sorted()
    let marks = ranges.combiningClass.map(\.first)
    var generator = SplitMix64(state: 3)
    for _ in 0..<1_500 {
      var scalars = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        let source = Bool.random(using: &generator) ? alphabet : marks
        if let value = source.randomElement(using: &generator), let scalar = Unicode.Scalar(value) {
          scalars.append(scalar)
        }
      }
      let text = String(scalars)
      let result = normalized(text)
      let expected = Array(text.precomposedStringWithCanonicalMapping.utf8)
      let codes = scalars.map { String($0.value, radix: 16) }
      #expect(result == expected, "\(codes)")
      #expect(CanonicalComposition.shared.normalized(result) == result)
    }
  }

  /// A million marks after one base are sorted, not inserted one by one.
  @Test(.timeLimit(.minutes(1)))
  func manyMarksAreNotQuadratic() {
    let text = "a" + String(repeating: "\u{301}\u{323}", count: 100_000)
    #expect(normalized(text).count == "\u{1EA1}".utf8.count + 199_999 * 2)
  }

  @Test func onlyQwenNormalises() throws {
    #expect(PreTokenizer.composesCharacters(name: "qwen2"))
    for name in ["gpt-2", "llama-bpe", "smollm", "starcoder", "default", "deepseek-r1-qwen"] {
      #expect(!PreTokenizer.composesCharacters(name: name))
    }
  }
}
