/// Writes a date or time in one section of a format code.
struct DateFormatting {
  private let tokens: [NumberFormat.Token]

  init(_ tokens: [NumberFormat.Token]) { self.tokens = tokens }

  /// The text of a serial number: days since the epoch of the workbook, with the time as a fraction.
  func string(_ serial: Double, uses1904: Bool) -> String {
    // Day 2,958,465 is the last of the year 9999; negative days do not exist in a sheet.
    guard serial >= 0, serial < 2_958_466 else { return DecimalDigits(abs(serial)).general }
    let milliseconds = Int((serial * 86_400_000).rounded())
    // Rounded to the last digit that is shown.
    let unit = [1_000, 100, 10, 1][min(fractionDigits, 3)]
    let shown = (milliseconds + unit / 2) / unit * unit
    let moment = SerialMoment(milliseconds: shown, uses1904: uses1904)
    var text = ""
    var index = 0
    while index < tokens.count {
      switch tokens[index] {
      case .literal(let literal): text += literal
      case .halfDay: text += moment.hour < 12 ? "AM" : "PM"
      case .date(let unit, let count, let isElapsed):
        text +=
          isElapsed
          ? Self.padded(moment.elapsed(unit), count)
          : field(unit, count, moment, isMinute: unit == "m" && isMinute(at: index))
      case .digit("."):
        let zeros = tokens[(index + 1)...].prefix { $0 == .digit("0") }.count
        if zeros > 0 {
          text += "." + String(Self.padded(moment.millisecond, 3).prefix(zeros))
          index += zeros
        } else {
          text += "."
        }
      case .digit(let character): text += String(character)
      default: break
      }
      index += 1
    }
    return text
  }

  private var fractionDigits: Int {
    guard let point = tokens.firstIndex(of: .digit(".")) else { return 0 }
    return tokens[(point + 1)...].prefix { $0 == .digit("0") }.count
  }

  /// `m` means minutes after hours and before seconds.
  private func isMinute(at index: Int) -> Bool {
    func unit(_ token: NumberFormat.Token) -> Character? {
      if case .date(let unit, _, _) = token { unit } else { nil }
    }
    return tokens[..<index].last { unit($0) != nil }.flatMap(unit) == "h"
      || tokens[(index + 1)...].first { unit($0) != nil }.flatMap(unit) == "s"
  }

  private func field(
    _ unit: Character, _ count: Int, _ moment: SerialMoment, isMinute: Bool
  ) -> String {
    if isMinute { return Self.padded(moment.minute, min(count, 2)) }
    switch unit {
    case "y": return count <= 2 ? Self.padded(moment.year % 100, 2) : "\(moment.year)"
    case "m":
      return Self.name(Self.months, moment.month - 1, count) ?? Self.padded(moment.month, count)
    case "d": return Self.name(Self.days, moment.weekday, count) ?? Self.padded(moment.day, count)
    case "h":
      let isTwelve = tokens.contains(.halfDay)
      let hour = isTwelve ? (moment.hour + 11) % 12 + 1 : moment.hour
      return Self.padded(hour, min(count, 2))
    default: return Self.padded(moment.second, min(count, 2))
    }
  }

  /// Three letters of a name for a count of 3, the whole for 4, the first letter for 5.
  private static func name(_ names: [String], _ index: Int, _ count: Int) -> String? {
    guard count >= 3, names.indices.contains(index) else { return nil }
    return count == 4 ? names[index] : String(names[index].prefix(count == 3 ? 3 : 1))
  }

  private static func padded(_ number: Int, _ count: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(0, min(count, 9) - digits.count)) + digits
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  private static let days = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]
}

/// The date and time of a serial number.
struct SerialMoment: Equatable {
  let year: Int
  let month: Int
  let day: Int
  /// 0 for Sunday.
  let weekday: Int
  private let milliseconds: Int

  /// - Parameters:
  ///   - milliseconds: since the epoch of the workbook; not negative.
  ///   - uses1904: whether the epoch is 1904-01-01. Otherwise day 1 is 1900-01-01 and day 60 is
  ///     29 February 1900, which did not exist: a fault of Lotus 1-2-3 that files have kept.
  init(milliseconds: Int, uses1904: Bool) {
    self.milliseconds = milliseconds
    let serial = milliseconds / 86_400_000
    // Days from 1970-01-01 to the epochs.
    let days = uses1904 ? serial - 24_107 : serial - (serial < 60 ? 25_568 : 25_569)
    weekday = ((days + 4) % 7 + 7) % 7
    let isLeapFault = !uses1904 && serial == 60
    (year, month, day) = isLeapFault ? (1_900, 2, 29) : Self.civil(days)
  }

  /// The civil date of a day since 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date
  /// Algorithms", `civil_from_days`).
  static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  var hour: Int { milliseconds / 3_600_000 % 24 }
  var minute: Int { milliseconds / 60_000 % 60 }
  var second: Int { milliseconds / 1_000 % 60 }
  var millisecond: Int { milliseconds % 1_000 }

  /// The hours, minutes or seconds since the epoch, for `[h]:mm`.
  func elapsed(_ unit: Character) -> Int {
    switch unit {
    case "h": milliseconds / 3_600_000
    case "m": milliseconds / 60_000
    default: milliseconds / 1_000
    }
  }
}
