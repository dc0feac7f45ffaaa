/// Names of months and days.
enum CalendarWords {
  /// The months of English and German, by number; abbreviations are without their full stop.
  static let months: [String: Int] = {
    let names = [
      ["january", "jan", "januar", "jänner"], ["february", "feb", "februar"],
      ["march", "mar", "märz"], ["april", "apr"], ["may", "mai"], ["june", "jun", "juni"],
      ["july", "jul", "juli"], ["august", "aug"], ["september", "sept", "sep"],
      ["october", "oct", "oktober", "okt"], ["november", "nov"],
      ["december", "dec", "dezember", "dez"],
    ]
    var months: [String: Int] = [:]
    for (index, names) in names.enumerated() {
      for name in names { months[name] = index + 1 }
    }
    return months
  }()

  private static let days: Set<String> = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mondays",
    "tuesdays", "wednesdays", "thursdays", "fridays", "saturdays", "sundays", "montag", "dienstag",
    "mittwoch", "donnerstag", "freitag", "samstag", "sonntag",
  ]

  /// Months and days in one set; "may" and "mar" are other words as well and are left out.
  static let all = days.union(months.keys).subtracting(["may", "mar"])
}
