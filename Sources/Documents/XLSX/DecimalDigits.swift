/// The decimal digits of a number, for rounding as a person does on paper: 1.005 to two places is
/// 1.01, although the binary number is a little smaller.
struct DecimalDigits: Equatable {
  /// Digits from the first that is not zero, each 0 to 9.
  private(set) var digits: [UInt8]
  /// Number of digits before the decimal point; negative for leading zeros after it.
  private(set) var pointOffset: Int

  /// The shortest digits that identify a number.
  ///
  /// - Precondition: `number` is finite and not negative.
  init(_ number: Double) {
    let description = "\(number)".lowercased().split(separator: "e")
    let mantissa = (description.first ?? "0").split(
      separator: ".", omittingEmptySubsequences: false)
    let exponent = description.count > 1 ? Int(description[1]) ?? 0 : 0
    let whole = mantissa.first.map { Array($0.utf8) } ?? []
    let fraction = mantissa.count > 1 ? Array(mantissa[1].utf8) : []
    digits = (whole + fraction).filter { (0x30...0x39).contains($0) }.map { $0 - 0x30 }
    pointOffset = whole.count + exponent
    normalize()
  }

  private mutating func normalize() {
    let zeros = digits.prefix { $0 == 0 }.count
    digits.removeFirst(zeros)
    pointOffset -= zeros
    while digits.last == 0 { digits.removeLast() }
    if digits.isEmpty { pointOffset = 0 }
  }

  /// Multiplies by a power of ten.
  func shifted(by places: Int) -> DecimalDigits {
    var result = self
    if !digits.isEmpty { result.pointOffset += places }
    return result
  }

  /// Rounds to a number of decimals, halves away from zero.
  func rounded(decimals: Int) -> DecimalDigits {
    let kept = pointOffset + decimals
    guard kept < digits.count else { return self }
    var result = self
    guard kept >= 0 else {
      result.digits = []
      result.pointOffset = 0
      return result
    }
    let roundsUp = digits[kept] >= 5
    result.digits = Array(digits[..<kept])
    if roundsUp {
      var index = kept - 1
      while index >= 0, result.digits[index] == 9 {
        result.digits[index] = 0
        index -= 1
      }
      if index >= 0 {
        result.digits[index] += 1
      } else {
        result.digits.insert(1, at: 0)
        result.pointOffset += 1
      }
    }
    result.normalize()
    return result
  }

  /// The digits before the decimal point, without leading zeros; empty for a number below one.
  var whole: [UInt8] {
    guard pointOffset > 0 else { return [] }
    // Format codes never show more than the 309 digits of the largest Float64.
    let count = min(pointOffset, 400)
    return (0..<count).map { $0 < digits.count ? digits[$0] : 0 }
  }

  /// The digits after the decimal point.
  func fraction(count: Int) -> [UInt8] {
    (0..<count).map { index in
      let place = pointOffset + index
      return digits.indices.contains(place) ? digits[place] : 0
    }
  }

  static func string(_ digits: some Sequence<UInt8>) -> String {
    String(decoding: digits.map { $0 + 0x30 }, as: UTF8.self)
  }

  /// The number as a cell without a format shows it: up to 15 whole digits and ten digits in all,
  /// and scientific notation beyond.
  var general: String {
    if digits.isEmpty { return "0" }
    if pointOffset > 15 || pointOffset < -8 { return scientific(decimals: 5, exponentDigits: 2) }
    let rounded = rounded(decimals: max(0, min(9, 10 - max(0, pointOffset))))
    let whole = rounded.whole.isEmpty ? "0" : Self.string(rounded.whole)
    let count = max(0, rounded.digits.count - rounded.pointOffset)
    return count == 0 ? whole : whole + "." + Self.string(rounded.fraction(count: count))
  }

  /// `1.23E+05`.
  func scientific(decimals: Int, exponentDigits: Int) -> String {
    let rounded = shifted(by: 1 - pointOffset).rounded(decimals: decimals)
    let exponent = digits.isEmpty ? 0 : pointOffset - 1 + (rounded.pointOffset - 1)
    let mantissa = rounded.shifted(by: 1 - rounded.pointOffset)
    let whole = mantissa.whole.isEmpty ? "0" : Self.string(mantissa.whole)
    let fraction = decimals > 0 ? "." + Self.string(mantissa.fraction(count: decimals)) : ""
    let power = "\(abs(exponent))"
    let zeros = String(repeating: "0", count: max(0, exponentDigits - power.count))
    return whole + fraction + "E" + (exponent < 0 ? "-" : "+") + zeros + power
  }
}
