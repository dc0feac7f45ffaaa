internal import Checkpoints

/// A placeholder SentencePiece vocabulary of any size, with the special tokens of the real ones.
///
/// Id 0 `<unk>`, 1 `<s>`, 2 `</s>` (Gemma: `<pad>`, `<eos>`, `<bos>`, `<unk>`), then the bytes
/// `<0x00>` to `<0xFF>`, then pieces: letters, syllables of a consonant and a vowel, and words of two and more syllables, each also with U+2581
/// before it. Scores decrease with the id, so that byte-pair merging can reach all pieces, the
/// short ones first. Any text can be encoded, and any sequence of ids decodes to invented words.
struct SyntheticVocabulary {
  private(set) var pieces: [String]
  private(set) var scores: [Float]
  private(set) var types: [Int32]

  /// `tokenizer.ggml.token_type`: `LLAMA_TOKEN_TYPE_*` of llama.cpp's `llama.h`.
  private enum PieceType {
    static let normal: Int32 = 1
    static let unknown: Int32 = 2
    static let control: Int32 = 3
    static let byte: Int32 = 6
  }

  /// The special tokens before the bytes.
  private static let firstSpecials = ["<unk>", "<s>", "</s>"]
  private static let gemmaFirstSpecials = ["<pad>", "<eos>", "<bos>", "<unk>"]
  /// The number of special tokens and bytes before the pieces, which a score of 0 follows.
  private let firstPiece: Int

  /// The special tokens of Phi-3 from `<|endoftext|>` on; the rest up to 64 is padding.
  ///
  /// - Source: llama.cpp `models/ggml-vocab-phi-3.gguf`.
  private static let phi3Specials = [
    "<|endoftext|>", "<|assistant|>", "<|placeholder1|>", "<|placeholder2|>", "<|placeholder3|>",
    "<|placeholder4|>", "<|system|>", "<|end|>", "<|placeholder5|>", "<|placeholder6|>",
    "<|user|>",
  ]
  private static let phi3SpecialCount = 64
  /// The infilling tokens at the end of CodeLlama's vocabulary, before padding.
  private static let codellamaSpecials = ["▁<PRE>", "▁<MID>", "▁<SUF>", "▁<EOT>"]
  private static let codellamaSpecialCount = 16
  private static let gemmaSpecials = ["<start_of_turn>", "<end_of_turn>"]

  /// The vocabulary of an architecture.
  ///
  /// - Parameters:
  ///   - architecture: determines the special tokens.
  ///   - count: the number of tokens, including special ones; at least 400.
  init(architecture: SyntheticArchitecture, count: Int) {
    precondition(count >= 400, "room for bytes, letters and special tokens")
    let isGemma = architecture == .gemma3Small || architecture == .gemma3
    let first = isGemma ? Self.gemmaFirstSpecials : Self.firstSpecials
    pieces = first + (0..<256).map(Self.bytePiece)
    types =
      first.map { $0 == "<unk>" ? PieceType.unknown : PieceType.control }
      + Array(repeating: PieceType.byte, count: 256)
    firstPiece = pieces.count
    scores = Array(repeating: 0, count: firstPiece)
    let specialCount =
      switch architecture {
      case .phi3: Self.phi3SpecialCount
      case .codellama: Self.codellamaSpecialCount
      case .gemma3Small, .gemma3: Self.gemmaSpecials.count
      case .llama2, .mistral, .qwen25Small, .qwen25, .qwen3: 0
      }
    appendPieces(upTo: count - specialCount)
    switch architecture {
    case .phi3: appendSpecials(Self.phi3Specials, upTo: count)
    case .codellama: appendSpecials(Self.codellamaSpecials, upTo: count)
    case .gemma3Small, .gemma3: appendSpecials(Self.gemmaSpecials, upTo: count)
    case .llama2, .mistral, .qwen25Small, .qwen25, .qwen3: break
    }
  }

  /// The id after the last ordinary piece of Phi-3: `<|endoftext|>`, its end of sequence.
  var endOfText: Int { pieces.count - Self.phi3SpecialCount }

  private static func bytePiece(_ byte: Int) -> String {
    let digits = Array("0123456789ABCDEF")
    return "<0x\(digits[byte >> 4])\(digits[byte & 15])>"
  }

  private mutating func appendPieces(upTo end: Int) {
    let letters = "abcdefghijklmnopqrstuvwxyz".map(String.init)
    let syllables = "bcdfghjklmnpqrstvwxyz".flatMap { consonant in
      "aeiou".map { String(consonant) + String($0) }
    }
    append(["▁", ".", ","] + letters, upTo: end)
    var words = syllables
    while pieces.count < end {
      append(words, upTo: end)
      append(words.map { "▁" + $0 }, upTo: end)
      let room = (end - pieces.count + syllables.count) / syllables.count
      words = words.prefix(room).flatMap { word in syllables.map { word + $0 } }
    }
  }

  private mutating func append(_ more: [String], upTo end: Int) {
    for piece in more.prefix(max(0, end - pieces.count)) {
      scores.append(-Float(pieces.count - firstPiece))
      pieces.append(piece)
      types.append(PieceType.normal)
    }
  }

  private mutating func appendSpecials(_ specials: [String], upTo end: Int) {
    for special in specials {
      pieces.append(special)
      types.append(PieceType.control)
      scores.append(-1000)
    }
    for id in pieces.count..<end {
      pieces.append("[PAD\(id)]")
      types.append(PieceType.unknown)
      scores.append(-10000)
    }
  }
}
