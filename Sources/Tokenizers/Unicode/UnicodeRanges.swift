/// The generated Unicode tables, parsed: sorted ranges of scalars and mappings of single scalars.
///
/// They are used only to build `ScalarActions` and `CanonicalComposition`, so they are compact rather
/// than fast.
struct UnicodeRanges: Sendable {
  /// A range of scalars that share one value.
  struct Run: Sendable {
    var first: UInt32
    var last: UInt32
    var value: Int
  }

  let dropped: [Run]
  let space: [Run]
  let ideograph: [Run]
  let nonspacing: [Run]
  let punctuation: [Run]
  let combiningClass: [Run]
  let decomposition: [UInt32: [UInt32]]
  let lowercase: [UInt32: [UInt32]]
  let compositionExclusion: [Run]

  /// `UnicodeTables`, parsed on first use (about 40 KB of text).
  static let shared = UnicodeRanges()

  private init() {
    dropped = Self.runs(UnicodeTables.dropped)
    space = Self.runs(UnicodeTables.space)
    ideograph = Self.runs(UnicodeTables.ideograph)
    nonspacing = Self.runs(UnicodeTables.nonspacing)
    punctuation = Self.runs(UnicodeTables.punctuation)
    combiningClass = Self.runs(UnicodeTables.combiningClass)
    decomposition = Self.mappings(UnicodeTables.decomposition)
    lowercase = Self.mappings(UnicodeTables.lowercase)
    compositionExclusion = Self.runs(UnicodeTables.compositionExclusion)
  }

  /// The value of the run that contains `scalar`, by binary search; nil when there is none.
  static func value(of scalar: UInt32, in runs: [Run]) -> Int? {
    var low = 0
    var high = runs.count
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].last < scalar { low = middle + 1 } else { high = middle }
    }
    guard low < runs.count, runs[low].first <= scalar else { return nil }
    return runs[low].value
  }

  /// Whether a run contains `scalar`.
  static func contains(_ scalar: UInt32, in runs: [Run]) -> Bool {
    value(of: scalar, in: runs) != nil
  }

  // MARK: Parsing of the generated text

  /// Parses words `first-last=value`; without `-last` one scalar, without `=value` the value 1.
  static func runs(_ text: String) -> [Run] {
    words(text).map { word in
      let first = word.numbers[0]
      var run = Run(first: first, last: first, value: 1)
      for (mark, number) in zip(word.marks, word.numbers.dropFirst()) {
        if mark == UInt8(ascii: "-") { run.last = number } else { run.value = Int(number) }
      }
      return run
    }
  }

  /// Parses words `scalar=scalar.scalar` and `first-last/stride+delta`.
  static func mappings(_ text: String) -> [UInt32: [UInt32]] {
    var table: [UInt32: [UInt32]] = [:]
    for word in words(text) {
      if word.marks.first == UInt8(ascii: "=") {
        table[word.numbers[0]] = Array(word.numbers.dropFirst())
        continue
      }
      let stride = Int(word.numbers[2])
      let delta = Int64(word.numbers[3]) * (word.marks[2] == UInt8(ascii: "+") ? 1 : -1)
      for scalar in Swift.stride(from: word.numbers[0], through: word.numbers[1], by: stride) {
        table[scalar] = [UInt32(Int64(scalar) + delta)]
      }
    }
    return table
  }

  private struct Word {
    var numbers: [UInt32] = [0]
    var marks: [UInt8] = []
  }

  private static func words(_ text: String) -> [Word] {
    var all: [Word] = []
    var word = Word()
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\n"):
        all.append(word)
        word = Word()
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        word.numbers[word.marks.count] = word.numbers[word.marks.count] * 16 + UInt32(byte - 48)
      case UInt8(ascii: "A")...UInt8(ascii: "F"):
        word.numbers[word.marks.count] = word.numbers[word.marks.count] * 16 + UInt32(byte - 55)
      default:
        word.marks.append(byte)
        word.numbers.append(0)
      }
    }
    all.append(word)
    return all
  }
}
