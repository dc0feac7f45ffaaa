/// Captions of figures, as in `Figure 3: the pump from below`.
enum PDFCaption {
  /// The words that begin a caption, without the point of an abbreviation.
  ///
  /// English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Czech, Swedish, Danish,
  /// Finnish, Russian, Ukrainian.
  private static let labels: Set<String> = [
    "figure", "fig", "figs", "plate", "photo", "photograph", "picture", "chart", "diagram", "graph",
    "scheme", "illustration", "exhibit", "map", "drawing", "image", "abbildung", "abb", "bild",
    "foto", "diagramm", "schema", "schéma", "karte", "tafel", "illus", "carte", "graphique",
    "figura", "gráfico", "gráfica", "imagen", "ilustración", "imagem", "grafico", "immagine",
    "figuur", "afbeelding", "afb", "grafiek", "rysunek", "rys", "wykres", "obrázek", "obr", "graf",
    "figur", "billede", "kuva", "kuvio", "рисунок", "рис", "схема", "график", "малюнок", "мал",
  ]

  /// The label of a Chinese, Japanese or Korean caption, which no space separates from its number.
  private static let joinedLabels: [Character] = ["图", "圖", "図", "그"]

  /// Whether a line begins a caption: a label with a number.
  static func begins(_ line: String) -> Bool {
    let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
    guard let first = words.first else { return false }
    if let start = first.first, joinedLabels.contains(start) {
      let rest = first.drop { !$0.isNumber }
      return !rest.isEmpty || words.dropFirst().first?.first?.isNumber == true
    }
    // `Figure 3`, `Fig. 2.1`, `Fig.2`, `FIGURE A1`, `Abb. IV`.
    return begins(words, labels: labels)
  }

  /// Whether a line begins the caption of a table.
  static func beginsTable(_ line: String) -> Bool {
    begins(
      line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true), labels: tableLabels
    )
  }

  private static let tableLabels: Set<String> = [
    "table", "tab", "tabelle", "tableau", "tabla", "tabella", "tabela", "tabel", "tabulka",
    "tabell", "taulukko", "таблица", "табл", "таблиця", "listing", "algorithm",
  ]

  private static func begins(_ words: [Substring], labels: Set<String>) -> Bool {
    guard let first = words.first else { return false }
    let label = first.prefix { $0.isLetter }
    guard labels.contains(label.lowercased()) else { return false }
    let joined = first.dropFirst(label.count).drop { $0 == "." }
    let number = joined.isEmpty ? words.dropFirst().first ?? "" : joined
    return isNumber(number)
  }

  /// A number of a figure: digits, perhaps after a letter, or a Roman number.
  private static func isNumber(_ word: Substring) -> Bool {
    let bare = word.prefix { $0.isLetter || $0.isNumber }
    guard let first = bare.first else { return false }
    if first.isNumber { return true }
    if bare.dropFirst().first?.isNumber == true { return true }
    return bare.allSatisfy { "IVXLC".contains($0) }
  }

  /// The most lines of a caption.
  private static let lineCount = 8

  /// The words of the caption that begins with a line: the line, and those below it in the same run
  /// of text.
  static func text(from index: Int, in lines: [PDFPageWords.Line]) -> String {
    var words = [lines[index].text]
    var last = lines[index]
    for line in lines[(index + 1)...].prefix(lineCount - 1) {
      let gap = line.box.top - last.box.bottom
      guard line.flow == last.flow, gap < last.box.height, gap > -last.box.height,
        !begins(line.text)
      else { break }
      words.append(line.text)
      last = line
    }
    return CaptionText.oneLine(words.joined(separator: " "))
  }
}
