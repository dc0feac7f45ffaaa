// The classes of characters by which pre-tokenizers cut text into words.

/// What a character is to a pre-tokenizer.
enum WordClass: UInt8, Sendable {
  case other = 0
  /// `\p{L}`
  case letter = 1
  /// `\p{N}`
  case number = 2
  /// `\s`: White_Space
  case space = 3
  /// `\p{P}`; other than `other` only to the pre-tokenizer `default`.
  case punctuation = 4
}

/// The class of every scalar in a two-stage table.
///
/// The properties are those of Hugging Face's regular expressions (`WordClassTables`, generated), not
/// Swift's: editions of Unicode differ, and models were trained with that one or an older one.
struct WordClasses: Sendable {
  static let shared = WordClasses()

  /// The page of each block of 256 scalars.
  private let pageOfBlock: [UInt8]
  /// 256 classes a page.
  private let classes: [WordClass]

  private init() {
    var all = [WordClass](repeating: .other, count: 0x110000)
    for (text, value) in [
      (WordClassTables.letter, WordClass.letter), (WordClassTables.number, .number),
      (WordClassTables.space, .space), (WordClassTables.punctuation, .punctuation),
    ] {
      for run in UnicodeRanges.runs(text) {
        for scalar in Int(run.first)...Int(run.last) { all[scalar] = value }
      }
    }
    var pages: [[WordClass]: UInt8] = [:]
    var pageOfBlock: [UInt8] = []
    var classes: [WordClass] = []
    for block in stride(from: 0, to: all.count, by: 256) {
      let page = Array(all[block..<block + 256])
      // 0x1100 blocks have about 130 different pages; `WordClassTests` holds the limit of 256.
      let number = pages[page] ?? UInt8(truncatingIfNeeded: pages.count)
      if pages[page] == nil {
        pages[page] = number
        classes += page
      }
      pageOfBlock.append(number)
    }
    self.pageOfBlock = pageOfBlock
    self.classes = classes
  }

  /// How many different pages there are.
  var pageCount: Int { classes.count / 256 }

  @inline(__always)
  subscript(scalar: UInt32) -> WordClass {
    classes[Int(pageOfBlock[Int(scalar >> 8)]) << 8 | Int(scalar & 0xFF)]
  }
}
