/// A number format of a spreadsheet, which turns a number into the text that is shown.
///
/// Source: ECMA-376 part 1, sections 18.8.30 (numFmt) and 18.8.31 (codes). Rendered are digits with
/// thousands and decimals, percent, exponents, literals and currencies, and dates and times with
/// English names. Colours, conditions and fractions are left out; a date in the format of the
/// reader's country (number 14) is written as 2026-03-14, which is not ambiguous.
struct NumberFormat: Sendable {
  /// Sections for positive numbers, negative numbers and zero.
  private let sections: [[Token]]
  private let isDate: Bool

  /// A piece of a format code.
  enum Token: Sendable, Equatable {
    /// Text that is shown as it is.
    case literal(String)
    /// `0`, `#`, `?`, `.`, `,`: digits.
    case digit(Character)
    case percent
    /// `E+` or `E-`.
    case exponent
    /// A run of `y`, `m`, `d`, `h`, `s` in lower case, or `[h]` and the like, which count on.
    case date(Character, count: Int, isElapsed: Bool)
    /// `AM/PM`.
    case halfDay
    case general
  }

  init(_ code: String) {
    sections = NumberFormatScanner.sections(of: code)
    isDate = sections.first?.contains { if case .date = $0 { true } else { false } } ?? false
  }

  /// The text of a number.
  ///
  /// - Parameters:
  ///   - number: the value of the cell.
  ///   - uses1904: the date system of the workbook.
  /// - Returns: what a spreadsheet program shows.
  func string(_ number: Double, uses1904: Bool) -> String {
    guard number.isFinite, let first = sections.first else { return "\(number)" }
    if isDate { return DateFormatting(first).string(number, uses1904: uses1904) }
    if number < 0, sections.count > 1 {
      return NumberFormatting(sections[1]).string(-number)
    }
    if number == 0, sections.count > 2 { return NumberFormatting(sections[2]).string(0) }
    let text = NumberFormatting(first).string(abs(number))
    // A negative number that rounds to zero has no sign.
    return number < 0 && text.contains(where: { ("1"..."9").contains($0) }) ? "-" + text : text
  }

  /// The codes of the formats that a file need not declare.
  static let builtIn: [Int: String] = [
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%",
    11: "0.00E+00", 12: "General", 13: "General", 14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm",
    17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    22: "yyyy-mm-dd h:mm", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "0.0E+0",
    49: "General",
  ]
}

/// Splits a format code into sections of tokens.
enum NumberFormatScanner {
  static func sections(of code: String) -> [[NumberFormat.Token]] {
    var sections: [[NumberFormat.Token]] = [[]]
    var rest = code.prefix(255)[...]
    while let character = rest.first {
      if character == ";" {
        sections.append([])
        rest = rest.dropFirst()
      } else if let token = token(&rest) {
        sections[sections.count - 1].append(token)
      }
    }
    // The fourth section is for text.
    return sections.prefix(3).map { $0 }
  }

  /// Takes one token; nil for what is not shown, such as a colour.
  private static func token(_ rest: inout Substring) -> NumberFormat.Token? {
    if rest.lowercased().hasPrefix("general") {
      rest = rest.dropFirst(7)
      return .general
    }
    for mark in ["AM/PM", "am/pm", "A/P", "a/p"] where rest.hasPrefix(mark) {
      rest = rest.dropFirst(mark.count)
      return .halfDay
    }
    let character = rest.removeFirst()
    switch character {
    case "\"":
      let text = rest.prefix { $0 != "\"" }
      rest = rest.dropFirst(text.count + 1)
      return .literal(String(text))
    case "\\": return rest.popFirst().map { .literal(String($0)) }
    // A space as wide as the next character, and a character that fills the column.
    case "_":
      _ = rest.popFirst()
      return .literal(" ")
    case "*":
      _ = rest.popFirst()
      return nil
    case "[": return bracket(&rest)
    case "0", "#", "?", ".", ",": return .digit(character)
    case "%": return .percent
    // The text of the cell; of a number, as it would be without a format.
    case "@": return .general
    case "E", "e":
      guard let sign = rest.first, sign == "+" || sign == "-" else { return .literal("E") }
      rest = rest.dropFirst()
      return .exponent
    case "y", "Y", "m", "M", "d", "D", "h", "H", "s", "S":
      return dateRun(character, &rest)
    default: return .literal(String(character))
    }
  }

  private static func dateRun(
    _ character: Character, _ rest: inout Substring
  ) -> NumberFormat.Token {
    let lower = Character(character.lowercased())
    let run = rest.prefix { $0.lowercased() == String(lower) }
    rest = rest.dropFirst(run.count)
    return .date(lower, count: 1 + run.count, isElapsed: false)
  }

  /// `[h]` counts hours on, `[$€-407]` shows a currency, `[Red]` and `[>100]` show nothing.
  private static func bracket(_ rest: inout Substring) -> NumberFormat.Token? {
    let text = rest.prefix { $0 != "]" }
    rest = rest.dropFirst(text.count + 1)
    if text.hasPrefix("$") {
      let currency = text.dropFirst().prefix { $0 != "-" }
      return currency.isEmpty ? nil : .literal(String(currency))
    }
    guard let first = text.first.map({ Character($0.lowercased()) }), "hms".contains(first),
      text.allSatisfy({ $0.lowercased() == String(first) })
    else { return nil }
    return .date(first, count: text.count, isElapsed: true)
  }
}
