/// The rule that cuts text into words, within which byte-level BPE merges.
///
/// A vocabulary is trained with a regular expression, which `tokenizer.ggml.pre` names. `WordScanner`
/// implements the expressions by hand: no regular expression runs over a text.
///
/// - Source: llama.cpp `llm_tokenizer_bpe` (names and expressions); the models' `tokenizer.json`.
enum PreTokenizer: Sendable, Equatable {
  /// GPT-2: `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
  case gpt2
  /// Llama 3, with numbers in groups of at most `digits`:
  /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|`
  /// `\s*[\r\n]+|\s+(?!\S)|\s+`. Qwen2 has groups of one digit.
  case llama3(digits: Int)
  /// StarCoder: each `\p{N}` alone, GPT-2's expression between them.
  case starCoder
  /// llama.cpp's `default`, for files that name none: runs of punctuation, GPT-2's expression
  /// between them, then numbers apart and ASCII digits in threes.
  case llamaCppDefault

  /// The pre-tokenizer with that name in `tokenizer.ggml.pre`, or nil.
  init?(name: String) {
    switch name {
    case "default": self = .llamaCppDefault
    case "gpt-2", "phi-2", "mpt", "olmo", "jais", "gigachat", "mellum", "modern-bert", "exaone4",
      "a.x-4.0", "trillion", "jina-es", "jina-de", "jina-v2-es", "jina-v2-de", "granite-docling":
      self = .gpt2
    case "llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2",
      "dbrx", "smaug-bpe", "glm4", "chatglm-bpe":
      self = .llama3(digits: 3)
    case "qwen2", "deepseek-r1-qwen", "stablelm2", "megrez", "kormo", "hunyuan", "solar-open":
      self = .llama3(digits: 1)
    case "starcoder", "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b":
      self = .starCoder
    default: return nil
    }
  }

  /// Whether a word that is a token becomes that token, whatever the merges would yield.
  ///
  /// - Source: `ignore_merges` in the `tokenizer.json` of Llama 3; llama.cpp sets it by these names.
  static func ignoresMerges(name: String) -> Bool {
    [
      "llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2",
    ].contains(name)
  }

  /// Whether text is normalised to NFC before it is split.
  ///
  /// - Source: `"normalizer": {"type": "NFC"}` in the `tokenizer.json` of Qwen2, Qwen2.5 and Qwen3;
  ///   transformers `Qwen2Tokenizer`. GGUF files do not store it and llama.cpp does not do it.
  static func composesCharacters(name: String) -> Bool { name == "qwen2" }

  /// The supported names, for errors.
  static let families = "gpt-2, llama-bpe, qwen2, starcoder and their relatives, default"

  /// Iterates over the words of a text; joined, they are the text.
  struct Words {
    private let preTokenizer: PreTokenizer
    private let scanner: WordScanner
    private var index = 0
    /// The end of the stretch that the first stage cut out.
    private var stretchEnd = 0
    /// The end of the word that the last stage is still cutting.
    private var wordEnd = 0

    init(of text: [UInt8], by preTokenizer: PreTokenizer) {
      self.preTokenizer = preTokenizer
      scanner = WordScanner(text: text)
    }

    /// The byte range of the next word, or nil at the end of the text.
    mutating func next() -> Range<Int>? {
      guard index < scanner.text.count else { return nil }
      let start = index
      switch preTokenizer {
      case .gpt2: index = scanner.gpt2WordEnd(start, limit: scanner.text.count)
      case .llama3(let digits): index = scanner.llama3WordEnd(start, digits: digits)
      case .starCoder: index = nextStarCoder(start)
      case .llamaCppDefault: index = nextDefault(start)
      }
      return start..<index
    }

    private mutating func nextStarCoder(_ start: Int) -> Int {
      if start >= stretchEnd {
        let end = scanner.runEnd(start) { _, wordClass in wordClass != .number }
        if end == start { return scanner.nextScalar(start) }
        stretchEnd = end
      }
      return scanner.gpt2WordEnd(start, limit: stretchEnd)
    }

    private mutating func nextDefault(_ start: Int) -> Int {
      if start >= stretchEnd {
        let mark = scanner.runEnd(start, while: Self.isMark)
        stretchEnd = mark > start ? mark : scanner.runEnd(start) { !Self.isMark($0, $1) }
      }
      if start >= wordEnd { wordEnd = scanner.gpt2WordEnd(start, limit: stretchEnd) }
      return scanner.numberPartEnd(start, limit: wordEnd)
    }

    /// Whether a character is in `[\p{P}\$\+<=>\^~\|]`.
    private static func isMark(_ scalar: UInt32, _ wordClass: WordClass) -> Bool {
      if wordClass == .punctuation { return true }
      guard scalar < 0x80 else { return false }
      return "$+<=>^~|".utf8.contains(UInt8(scalar))
    }
  }
}
