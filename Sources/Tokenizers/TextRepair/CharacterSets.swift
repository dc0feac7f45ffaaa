/// The sets of characters with which mojibake is recognised, and sequences of them.
///
/// - Source: ftfy 6.3.1, `chardata.py` and `badness.py`, whose parsed expressions
///   `make_text_repair_tables.py` writes as tables.
struct CharacterSets: Sendable {
  static let shared = CharacterSets()

  /// Bit n of a scalar's value says whether set n has it.
  private let memberships: [UInt32: UInt128]

  private init() {
    var memberships: [UInt32: UInt128] = [:]
    let lines = MojibakeTables.sets.split(separator: "\n")
    precondition(lines.count <= 128, "a bit for each set")
    for (number, line) in lines.enumerated() {
      for run in UnicodeRanges.runs(String(line)) {
        for scalar in run.first...run.last { memberships[scalar, default: 0] |= 1 << number }
      }
    }
    self.memberships = memberships
  }

  /// The sets that have a scalar, as bits.
  func membership(of scalar: UInt32) -> UInt128 { memberships[scalar] ?? 0 }
}

/// An expression of alternatives, each a sequence of character sets.
struct SetSequences: Sendable {
  /// A condition on one character, or on the place.
  private enum Item: Sendable {
    /// A member of the sets with these bits.
    case set(UInt128)
    case space
    case word
    case notLetter
    case anythingButLineFeed
    /// The start of the text; takes no character.
    case start
  }

  private let alternatives: [[Item]]

  /// - Parameter table: one alternative a line; `CharacterSets` has the numbers.
  init(_ table: String) {
    alternatives = table.split(separator: "\n").map { line in
      line.split(separator: " ").map { word in
        switch word {
        case "space": .space
        case "word": .word
        case "notLetter": .notLetter
        case "any": .anythingButLineFeed
        case "^": .start
        default: .set(UInt128(1) << (Int(word) ?? 127))
        }
      }
    }
  }

  /// Whether a sequence occurs anywhere.
  ///
  /// - Complexity: O(characters × alternatives).
  func occur(in text: [UInt32]) -> Bool {
    let memberships = text.map(CharacterSets.shared.membership(of:))
    return text.indices.contains { end(in: text, memberships, from: $0) != nil }
  }

  /// The text with each match, from left to right, replaced by what `replacement` returns for it.
  func replacing(in text: [UInt32], with replacement: (ArraySlice<UInt32>) -> [UInt32]) -> [UInt32]
  {
    let memberships = text.map(CharacterSets.shared.membership(of:))
    return text.replacingMatches { index in
      end(in: text, memberships, from: index).map { (replacement(text[index..<$0]), $0) }
    }
  }

  /// The end of the first alternative that matches at `start`, or nil.
  private func end(in text: [UInt32], _ memberships: [UInt128], from start: Int) -> Int? {
    for alternative in alternatives {
      var index = start
      var matches = true
      for item in alternative {
        if case .start = item {
          matches = start == 0
        } else if index < text.count {
          matches = Self.matches(item, text[index], memberships[index])
          index += 1
        } else {
          matches = false
        }
        if !matches { break }
      }
      if matches { return index }
    }
    return nil
  }

  private static func matches(_ item: Item, _ scalar: UInt32, _ membership: UInt128) -> Bool {
    switch item {
    case .set(let bits): membership & bits != 0
    case .space: PythonText.isSpace(scalar)
    case .word: scalar == 0x5F || [.letter, .number].contains(WordClasses.table[scalar])
    case .notLetter: !(0x41...0x5A).contains(scalar) && !(0x61...0x7A).contains(scalar)
    case .anythingButLineFeed: scalar != 0x0A
    case .start: false
    }
  }
}
