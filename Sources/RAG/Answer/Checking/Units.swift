/// Units of figures, so that euros are not taken for crowns and 1.5 km equals 1,500 m.
struct FigureUnit: Hashable {
  /// The quantity that is measured; figures of different dimensions are never equal.
  let dimension: String
  /// The size in the dimension's base unit.
  let factor: Double

  /// Whether this is money, which has no more than two decimals.
  var isCurrency: Bool { Self.currencies.contains(dimension) }

  private static let currencies: Set<String> = [
    "euro", "dollar", "pound sterling", "yen", "franc", "crown", "rupee", "cent",
  ]

  /// The unit of a word in lower case or of a sign; nil for other words.
  static func of(_ word: String) -> FigureUnit? { table[word] }

  /// Units by each of their spellings.
  private static let table: [String: FigureUnit] = {
    var table: [String: FigureUnit] = [:]
    for (dimension, factor, names) in rows {
      for name in names.split(separator: " ") {
        table[String(name)] = FigureUnit(dimension: dimension, factor: factor)
      }
    }
    return table
  }()

  /// Currencies are not converted.
  ///
  /// Sizes by the SI brochure (BIPM, 9th edition), and by definition of the inch and the pound (1959).
  private static let rows: [(dimension: String, factor: Double, names: String)] = [
    ("euro", 1, "€ euro euros eur"), ("dollar", 1, "$ dollar dollars usd us$"),
    ("pound sterling", 1, "£ gbp"), ("yen", 1, "¥ yen jpy"), ("franc", 1, "franc francs chf fr."),
    ("crown", 1, "crown crowns krone kroner kronen krona kronor"), ("rupee", 1, "₹ rupee rupees"),
    ("cent", 1, "cent cents ¢"), ("percent", 1, "% percent prozent"),
    ("length", 0.001, "mm millimetre millimetres millimeter millimeters"),
    ("length", 0.01, "cm centimetre centimetres centimeter centimeters zentimeter"),
    ("length", 1, "m metre metres meter meters metern"),
    ("length", 1000, "km kilometre kilometres kilometer kilometers"),
    ("length", 0.3048, "ft foot feet"), ("length", 0.0254, "inch inches zoll"),
    ("length", 1609.344, "mile miles meile meilen"),
    ("mass", 0.001, "mg milligram milligrams milligramm"), ("mass", 1, "g gram grams gramm"),
    ("mass", 1000, "kg kilo kilos kilogram kilograms kilogramm"),
    ("mass", 1e6, "t tonne tonnes tonnen"), ("mass", 453.592_37, "lb lbs"),
    ("volume", 0.001, "ml millilitre millilitres milliliter milliliters"),
    ("volume", 0.1, "dl decilitre decilitres"), ("volume", 1, "l litre litres liter liters"),
    ("duration", 1, "s second seconds sekunde sekunden"),
    ("duration", 60, "min minute minutes minuten"),
    ("duration", 3600, "h hour hours stunde stunden"),
    ("duration", 86400, "day days tag tage tagen"),
    ("duration", 604_800, "week weeks woche wochen"),
    ("month", 1, "month months monat monate monaten"),
    ("year", 1, "year years jahr jahre jahren"),
    ("temperature", 1, "°c celsius"), ("fahrenheit", 1, "°f fahrenheit"),
    ("power", 1, "w watt watts"), ("power", 1000, "kw kilowatt kilowatts"),
    ("energy", 1, "kwh"), ("voltage", 1, "v volt volts"), ("frequency", 1, "hz hertz"),
  ]
}
