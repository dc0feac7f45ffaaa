import Checkpoints
import Foundation
import Testing

@testable import Tokenizers

@Suite struct TokenTextDecoderTests {
  /// A vocabulary whose ids 3 to 258 are the bytes.
  private static let bytes = Result {
    let names = (0..<256).map {
      "<0x" + ($0 < 16 ? "0" : "") + String($0, radix: 16).uppercased() + ">"
    }
    let metadata = LanguageTokenizerSafetyTests.metadata(
      ["<unk>", "<s>", "</s>"] + names + ["\u{2581}", "\u{2581}a"],
      types: [2, 3, 3] + Array(repeating: 6, count: 256))
    return try LanguageTokenizer(ggufMetadata: metadata, source: "bytes")
  }

  private func pieces(_ bytes: [UInt8]) throws -> [String] {
    var decoder = TokenTextDecoder(tokenizer: try Self.bytes.get(), isStart: false)
    return bytes.map { decoder.append(Int32($0) + 3) } + [decoder.finish()]
  }

  @Test func halfACharacterWaits() throws {
    #expect(try pieces(Array("é🦙x".utf8)) == ["", "é", "", "", "", "🦙", "x", ""])
    #expect(try pieces([0xF0, 0x9F]) == ["", "", "\u{FFFD}"])
  }

  @Test func whatCannotBecomeACharacterIsReplacedAtOnce() throws {
    #expect(try pieces([0xC0]) == ["\u{FFFD}", ""])
    #expect(try pieces([0xE0, 0x80]) == ["", "\u{FFFD}\u{FFFD}", ""])
    #expect(try pieces([0xED, 0xA0]) == ["", "\u{FFFD}\u{FFFD}", ""])
    #expect(try pieces([0xF4, 0x90]) == ["", "\u{FFFD}\u{FFFD}", ""])
    #expect(try pieces([0xE2, 0x82, 0x41]) == ["", "", "\u{FFFD}A", ""])
  }

  @Test func anyBytesGiveWhatDecodingThemAtOnceGives() throws {
    var generator = SplitMix64(state: 11)
    let leads: [UInt8] = [0x41, 0x80, 0xA0, 0xBF, 0xC2, 0xE0, 0xE2, 0xED, 0xF0, 0xF4, 0xFF, 0x9F]
    for _ in 0..<400 {
      let bytes = (0..<Int.random(in: 0..<12, using: &generator)).map { _ in
        leads.randomElement(using: &generator) ?? 0
      }
      #expect(try pieces(bytes).joined() == String(decoding: bytes, as: UTF8.self))
    }
  }

  @Test func oneSpaceIsRemovedAtTheStart() throws {
    let tokenizer = try Self.bytes.get()
    #expect(tokenizer.decode([259, 260, 260]) == " a a")
    #expect(tokenizer.decode([1, 260, 260]) == "a a")
    var middle = TokenTextDecoder(tokenizer: tokenizer, isStart: false)
    #expect(middle.append(260) == " a")
    var shown = TokenTextDecoder(tokenizer: tokenizer, showsSpecial: true)
    #expect([1, 260, 2, 260].map { shown.append($0) } == ["<s>", "a", "</s>", "a"])
  }
}

/// A small seeded generator.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
