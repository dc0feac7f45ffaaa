/// Writes a number in one section of a format code.
struct NumberFormatting {
  private let tokens: [NumberFormat.Token]

  init(_ tokens: [NumberFormat.Token]) { self.tokens = tokens }

  /// The text of a number that is not negative; the section of negative numbers has its own sign.
  func string(_ number: Double) -> String {
    let digits = tokens.indices.filter { if case .digit = tokens[$0] { true } else { false } }
    if tokens.contains(.general) || isFraction {
      return withLiterals(DecimalDigits(number).general)
    }
    guard let first = digits.first, let last = digits.last else { return withLiterals("") }
    let pattern = DigitPattern(tokens[first...last])
    var decimal = DecimalDigits(number)
    if tokens.contains(.percent) { decimal = decimal.shifted(by: 2) }
    let prefix = Self.literals(tokens[..<first])
    if let exponent = tokens.firstIndex(of: .exponent), exponent > first {
      let digits = tokens[exponent...].count { $0 == .digit("0") }
      let mantissa = DigitPattern(tokens[first..<exponent])
      return prefix + decimal.scientific(decimals: mantissa.decimals, exponentDigits: digits)
    }
    decimal = decimal.shifted(by: -3 * pattern.scale)
    return prefix + pattern.string(decimal) + Self.literals(tokens[(last + 1)...])
  }

  /// `# ?/?`: written as decimals.
  private var isFraction: Bool { tokens.contains(.literal("/")) }

  private func withLiterals(_ number: String) -> String {
    let place = tokens.firstIndex(of: .general) ?? tokens.startIndex
    let digits = tokens.filter { if case .digit = $0 { false } else { true } }
    guard tokens.contains(.general) else {
      return number.isEmpty ? Self.literals(digits[...]) : number
    }
    return Self.literals(tokens[..<place]) + number + Self.literals(tokens[(place + 1)...])
  }

  private static func literals(_ tokens: ArraySlice<NumberFormat.Token>) -> String {
    tokens.map { token in
      switch token {
      case .literal(let text): text
      case .percent: "%"
      default: ""
      }
    }.joined()
  }
}

/// The digits of a section: how many, with which separators, and literals between them.
struct DigitPattern {
  private var whole: [NumberFormat.Token] = []
  private var fraction: [NumberFormat.Token] = []
  private var hasThousands = false
  /// Number of commas after the last digit, each of which divides by 1,000.
  private(set) var scale = 0

  /// Number of digits after the point, required or not.
  var decimals: Int { fraction.count { Self.isDigit($0) } }

  init(_ tokens: ArraySlice<NumberFormat.Token>) {
    var isFraction = false
    for (index, token) in zip(tokens.indices, tokens) {
      switch token {
      case .digit("."): isFraction = true
      case .digit(","):
        let hasDigitAfter = tokens[(index + 1)...].contains {
          Self.isDigit($0)
        }
        if hasDigitAfter { hasThousands = true } else { scale += 1 }
      default:
        if isFraction { fraction.append(token) } else { whole.append(token) }
      }
    }
  }

  private static func isDigit(_ token: NumberFormat.Token) -> Bool {
    token == .digit("0") || token == .digit("#") || token == .digit("?")
  }

  func string(_ number: DecimalDigits) -> String {
    let rounded = number.rounded(decimals: decimals)
    return wholePart(rounded) + fractionPart(rounded)
  }

  /// Fills the places from the right; digits without a place go before the first one.
  private func wholePart(_ number: DecimalDigits) -> String {
    var digits = number.whole
    var result: [String] = []
    var count = 0
    func put(_ digit: UInt8) {
      if hasThousands, count > 0, count.isMultiple(of: 3) { result.append(",") }
      result.append(DecimalDigits.string([digit]))
      count += 1
    }
    let firstPlace = whole.firstIndex { Self.isDigit($0) }
    for index in whole.indices.reversed() {
      switch whole[index] {
      case .literal(let text): result.append(text)
      case .digit(let place):
        if let digit = digits.popLast() { put(digit) } else if place == "0" { put(0) }
        if index == firstPlace { while let digit = digits.popLast() { put(digit) } }
      default: break
      }
    }
    if firstPlace == nil { while let digit = digits.popLast() { put(digit) } }
    return result.reversed().joined()
  }

  private func fractionPart(_ number: DecimalDigits) -> String {
    let digits = number.fraction(count: decimals)
    var text = ""
    var pending = ""
    var index = 0
    for token in fraction {
      switch token {
      case .literal(let literal): pending += literal
      case .digit(let place):
        pending += DecimalDigits.string([digits[index]])
        // A `#` shows no zero at the end.
        if place == "0" || digits[index...].contains(where: { $0 != 0 }) {
          text += pending
          pending = ""
        } else {
          pending.removeLast()
        }
        index += 1
      default: break
      }
    }
    text += pending
    return text.isEmpty ? "" : "." + text
  }
}
