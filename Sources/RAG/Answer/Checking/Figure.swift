/// A number in a text as a value, whatever its spelling: 1,250 and 1250 are the same figure, and 250 is
/// another one.
struct Figure: Equatable {
  /// The values that the spelling can mean: 1.250 is 1.25 in English and 1250 in German.
  var values: [Double]
  /// The unit after the number or the sign before it; nil if none is known.
  var unit: FigureUnit?

  /// Whether a figure of a source says the same.
  ///
  /// A unit is compared only where both have a known one.
  func equals(_ other: Figure) -> Bool {
    if let unit, let otherUnit = other.unit {
      guard unit.dimension == otherUnit.dimension else { return false }
      return values.contains { value in
        other.values.contains {
          Self.areEqual(value * unit.factor, $0 * otherUnit.factor)
        }
      }
    }
    return values.contains { value in other.values.contains { Self.areEqual(value, $0) } }
  }

  /// Equal but for the rounding of a conversion.
  private static func areEqual(_ first: Double, _ second: Double) -> Bool {
    abs(first - second) <= 1e-9 * max(abs(first), abs(second))
  }
}

/// The figures and identifiers of a text.
struct Figures: Equatable {
  /// Numbers, in order; a date has its day, month and year, a range its ends.
  private(set) var figures: [Figure] = []
  /// Dates as year, month and day.
  private(set) var dates: Set<[Int]> = []
  /// Names with digits, such as `B2` and `1.2.3`, in lower case; they are compared as they are.
  private(set) var names: Set<String> = []

  /// Whether this text, a source, contains every figure and name of a statement.
  func contain(_ statement: Figures) -> Bool {
    statement.names.isSubset(of: names)
      && statement.dates.allSatisfy { date in
        dates.isEmpty
          ? date.allSatisfy { part in figures.contains { $0.values.contains(Double(part)) } }
          : dates.contains(date)
      }
      && statement.figures.allSatisfy { figure in figures.contains { figure.equals($0) } }
  }

  /// - Parameters:
  ///   - text: a statement or a source.
  ///   - isSource: whether all that the text may mean counts: the parts of dates, and "one".
  init(of text: String, isSource: Bool) {
    var reader = FigureReader(text)
    reader.read(isSource: isSource)
    (figures, dates, names) = (reader.figures, reader.dates, reader.names)
  }
}
