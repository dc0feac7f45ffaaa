/// A number in digits with what is written directly after it.
struct Number {
  /// The values that the digits can have.
  let values: [Double]
  /// Letters and signs after the digits, in lower case: `km`, `%`, `s`, or `am`; empty for ordinals.
  let suffix: String
  /// Hours and minutes, for `21:30`.
  private let clock: (hours: Int, minutes: Int)?

  /// Reads a number; nil for a name that contains digits, such as `B2` or `1.2.3`.
  ///
  /// - Parameters:
  ///   - text: begins with a digit.
  ///   - hasDecimalCommas: whether the text around it writes decimals with a comma.
  init?(_ text: Substring, hasDecimalCommas: Bool) {
    let digits = text.prefix { ($0.isASCII && $0.isNumber) || ".,':".contains($0) }
    let after = text[digits.endIndex...].lowercased()
    guard let first = digits.first, first.isNumber, !after.contains(where: \.isNumber) else {
      return nil
    }
    let spelling = String(digits[...(digits.lastIndex(where: \.isNumber) ?? digits.startIndex)])
    // "10-year" and "12€/day" have the units "year" and "€".
    let unit = after.drop { $0 == "-" || $0 == "/" }.prefix { $0 != "/" }
    suffix = ["st", "nd", "rd", "th"].contains(unit) ? "" : String(unit)
    if let match = spelling.wholeMatch(of: /(\d{1,2}):(\d{2})/),
      let hours = Int(match.1), let minutes = Int(match.2)
    {
      clock = (hours: hours, minutes: minutes)
      values = []
      return
    }
    clock = nil
    guard let values = Self.values(of: spelling, hasDecimalCommas: hasDecimalCommas) else {
      return nil
    }
    self.values = values
  }

  /// The values of digits with marks; nil if the marks are neither groups nor decimals.
  ///
  /// A comma before exactly three digits groups thousands, unless the text shows decimal commas. A
  /// full stop there is a decimal mark in English and groups thousands elsewhere, so both are meant.
  private static func values(of spelling: String, hasDecimalCommas: Bool) -> [Double]? {
    let plain = spelling.filter { $0.isNumber || $0 == "." }
    let (commas, stops) = (spelling.count { $0 == "," }, spelling.count { $0 == "." })
    if spelling.contains(":") { return nil }
    if commas == 0, stops == 0 { return Double(plain).map { [$0] } }
    let isGroupedByCommas =
      spelling.wholeMatch(of: /\d{1,3}(?:[,']\d{2,3})*[,']\d{3}(?:\.\d+)?/) != nil
    let isGroupedByStops = spelling.wholeMatch(of: /\d{1,3}(?:\.\d{3})+(?:,\d+)?/) != nil
    let decimal = Double(plain)
    let withComma = Double(spelling.filter { $0.isNumber || $0 == "," }.replacing(",", with: "."))
    let grouped = Double(spelling.filter(\.isNumber))
    if commas == 0, stops == 1 {
      return isGroupedByStops && spelling.first != "0"
        ? [decimal, grouped].compactMap { $0 } : decimal.map { [$0] }
    }
    if commas == 1, stops == 0 {
      guard isGroupedByCommas, spelling.first != "0" else { return withComma.map { [$0] } }
      return hasDecimalCommas
        ? [decimal, withComma].compactMap { $0 } : decimal.map { [$0] }
    }
    if isGroupedByCommas { return decimal.map { [$0] } }
    if isGroupedByStops {
      return (commas == 0 ? grouped : withComma).map { [$0] }
    }
    return nil
  }

  /// Minutes after midnight, if this is a time of the day: `21:30`, `9pm`, `9` before "pm".
  ///
  /// - Parameter next: the word after the number.
  /// - Returns: nil for other numbers.
  func minutes(after next: String?) -> Double? {
    let half = [suffix, next ?? ""].compactMap { Self.halves[$0] }.first
    if let clock {
      return Double(Self.hours(clock.hours, half: half) * 60 + clock.minutes)
    }
    guard let half, let value = values.first, let hours = Int(exactly: value), hours <= 12 else {
      return nil
    }
    return Double(Self.hours(hours, half: half) * 60)
  }

  private enum Half { case morning, afternoon }

  private static let halves: [String: Half] = [
    "am": .morning, "a.m": .morning, "a.m.": .morning, "pm": .afternoon, "p.m": .afternoon,
    "p.m.": .afternoon,
  ]

  private static func hours(_ hours: Int, half: Half?) -> Int {
    switch half {
    case .morning: hours == 12 ? 0 : hours
    case .afternoon: hours < 12 ? hours + 12 : hours
    case nil: hours
    }
  }
}
