/// `word/numbering.xml`: the numbers that Word writes before clauses, headings and list items
/// (ECMA-376, 17.9).
struct DOCXNumbering: MarkupVisitor {
  /// A level of a list.
  struct Level {
    var start = 1
    /// `decimal`, `lowerRoman`, `bullet` and others (17.18.59).
    var format = "decimal"
    /// The text with `%1` to `%9` for the numbers of the levels.
    var text = ""
    /// Whether the numbers of all levels are written as decimals.
    var isLegal = false
    /// The level after which the count starts again; nil for every level above.
    var restart: Int?
    /// The paragraph style that uses the level.
    var style: String?
  }

  private struct Number {
    var abstract = ""
    var levels: [Int: Level] = [:]
    var starts: [Int: Int] = [:]
  }

  private var abstracts: [String: [Int: Level]] = [:]
  /// An abstract list that only names the style with the numbering, and the other way round.
  private var styleLinks: [String: String] = [:]
  private var abstractsByStyle: [String: String] = [:]
  private var numbers: [String: Number] = [:]

  private var openAbstract: String?
  private var openNumber: String?
  private var openLevel: Int?
  private var level = Level()

  mutating func start(_ element: MarkupElement) -> Bool {
    let value = element.attributes["val"]
    switch element.name {
    case "w:abstractNum": openAbstract = element.attributes["abstractNumId"]
    case "w:num": openNumber = element.attributes["numId"]
    case "w:abstractNumId":
      if let openNumber { numbers[openNumber, default: Number()].abstract = value ?? "" }
    case "w:numStyleLink": if let openAbstract { styleLinks[openAbstract] = value }
    case "w:styleLink": if let openAbstract, let value { abstractsByStyle[value] = openAbstract }
    case "w:lvlOverride": openLevel = Self.level(element)
    case "w:startOverride":
      if let openNumber, let openLevel {
        numbers[openNumber, default: Number()].starts[openLevel] = value.flatMap { Int($0) } ?? 1
      }
    case "w:lvl":
      openLevel = Self.level(element)
      level = Level()
    case "w:start": level.start = value.flatMap { Int($0) } ?? 1
    case "w:numFmt": level.format = value ?? "decimal"
    case "w:lvlText": level.text = value ?? ""
    case "w:isLgl": level.isLegal = !["0", "false", "off"].contains(value)
    case "w:lvlRestart": level.restart = value.flatMap { Int($0) }
    case "w:pStyle": level.style = value
    case "w:rPr", "w:pPr": return element.name == "w:pPr"
    default: break
    }
    return true
  }

  /// The level of an element, from 0 to 8 (17.9.6); nil for another number.
  private static func level(_ element: MarkupElement) -> Int? {
    element.attributes["ilvl"].flatMap { Int($0) }.flatMap { (0...8).contains($0) ? $0 : nil }
  }

  mutating func end(_ name: String) {
    switch name {
    case "w:lvl":
      guard let openLevel else { return }
      if let openNumber {
        numbers[openNumber, default: Number()].levels[openLevel] = level
      } else if let openAbstract {
        abstracts[openAbstract, default: [:]][openLevel] = level
      }
    case "w:abstractNum": openAbstract = nil
    case "w:num": openNumber = nil
    default: break
    }
  }

  mutating func text(_ text: String) {}

  /// A list as a paragraph uses it.
  struct List {
    /// Lists of one abstract definition count together.
    let abstract: String
    let levels: [Int: Level]
    /// The first numbers that this list states itself.
    let starts: [Int: Int]
  }

  /// The list with an identifier; nil if the file does not define it.
  func list(_ numberID: String, styles: DOCXStyles) -> List? {
    guard let number = numbers[numberID] else { return nil }
    var abstract = number.abstract
    if abstracts[abstract]?.isEmpty ?? true, let style = styleLinks[abstract] {
      let linked = styles.numberID(style).flatMap { numbers[$0]?.abstract }
      abstract = linked ?? abstractsByStyle[style] ?? abstract
    }
    let levels = (abstracts[abstract] ?? [:]).merging(number.levels) { $1 }
    return List(abstract: abstract, levels: levels, starts: number.starts)
  }
}

/// Counts the paragraphs of lists.
struct DOCXCounters {
  private var counts: [String: [Int: Int]] = [:]
  /// Lists whose own first numbers have been used.
  private var started: Set<String> = []

  /// The text before the next paragraph of a list, as in `2.1`; nil for a bullet or a level without
  /// a definition.
  mutating func label(_ numberID: String, level: Int, in list: DOCXNumbering.List) -> String? {
    guard let definition = list.levels[level] else { return nil }
    var counts = counts[list.abstract] ?? [:]
    var next = counts[level].map { $0 &+ 1 } ?? definition.start
    if let start = list.starts[level], started.insert("\(numberID) \(level)").inserted {
      next = start
    }
    counts[level] = next
    for deeper in list.levels.keys where deeper > level {
      // 0 means that the level never starts again; n, that only level n - 1 restarts it.
      if let restart = list.levels[deeper]?.restart, restart == 0 || level >= restart {
        continue
      }
      counts[deeper] = nil
    }
    for above in 0..<max(0, level) where counts[above] == nil {
      counts[above] = list.levels[above]?.start ?? 1
    }
    self.counts[list.abstract] = counts
    guard definition.format != "bullet" else { return nil }
    return Self.text(definition, counts: counts, levels: list.levels)
  }

  private static func text(
    _ level: DOCXNumbering.Level, counts: [Int: Int], levels: [Int: DOCXNumbering.Level]
  ) -> String {
    var result = ""
    var afterPercent = false
    for character in level.text {
      if afterPercent, let index = character.wholeNumberValue, (1...9).contains(index) {
        let format = level.isLegal ? "decimal" : levels[index - 1]?.format ?? "decimal"
        result += NumberingFormat.text(counts[index - 1] ?? 1, format)
        afterPercent = false
      } else if character == "%" {
        afterPercent = true
      } else {
        result.append(character)
        afterPercent = false
      }
    }
    return result
  }
}

/// Writes numbers in the formats of ECMA-376, 17.18.59.
enum NumberingFormat {
  /// The number in a format; in digits for a format that is not known.
  static func text(_ number: Int, _ format: String) -> String {
    switch format {
    case "none": ""
    case "upperRoman": roman(number)
    case "lowerRoman": roman(number).lowercased()
    case "upperLetter": letters(number, from: "A")
    case "lowerLetter": letters(number, from: "a")
    case "decimalZero": (0..<10).contains(number) ? "0\(number)" : "\(number)"
    case "ordinal": "\(number)" + ordinalEnding(number)
    case "chicago" where (1...32).contains(number):
      String(repeating: ["*", "†", "‡", "§"][(number - 1) % 4], count: (number + 3) / 4)
    default: "\(number)"
    }
  }

  private static func roman(_ number: Int) -> String {
    guard (1..<4_000).contains(number) else { return "\(number)" }
    let values = [
      (1_000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
      (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ]
    var rest = number
    var result = ""
    for (value, letters) in values {
      while rest >= value {
        result += letters
        rest -= value
      }
    }
    return result
  }

  /// a to z, then aa to zz: Word repeats the letter.
  private static func letters(_ number: Int, from first: Unicode.Scalar) -> String {
    guard (1...26 * 30).contains(number),
      let letter = Unicode.Scalar(first.value + UInt32((number - 1) % 26))
    else { return "\(number)" }
    return String(repeating: String(Character(letter)), count: (number - 1) / 26 + 1)
  }

  private static func ordinalEnding(_ number: Int) -> String {
    if (11...13).contains(number % 100) { return "th" }
    return switch number % 10 {
    case 1: "st"
    case 2: "nd"
    case 3: "rd"
    default: "th"
    }
  }
}
