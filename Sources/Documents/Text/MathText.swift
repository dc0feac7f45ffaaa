/// Writes the elements of an equation (MathML, Office Math) as one line of text: `a/b`, `x^2`,
/// `√(x + 1)`.
///
/// The visitor of the file reports elements and texts; the value of an element is composed when it
/// ends, so nothing recurses.
struct MathText {
  /// The rule by which an element combines its parts.
  enum Operation {
    /// Its parts one after the other.
    case row
    case fraction
    case superscript, subscript_, subscriptAndSuperscript
    case squareRoot
    /// The radicand, then the degree.
    case root
    /// The degree, then the radicand.
    case radical
    /// A sum or an integral: lower limit, upper limit, operand; the sign is in `sign`.
    case nary
    /// Parts between brackets.
    case delimited
    /// Rows of a matrix.
    case rows
    /// Cells of a row.
    case cells
  }

  private struct Element {
    let operation: Operation
    var parts: [String] = []
    /// The sign of a sum; the brackets around parts.
    var sign = ""
    var closing = ""
  }

  private var open: [Element] = []

  var isOpen: Bool { !open.isEmpty }

  mutating func begin(_ operation: Operation) {
    var element = Element(operation: operation)
    if operation == .delimited { (element.sign, element.closing) = ("(", ")") }
    if operation == .nary { element.sign = "∫" }
    open.append(element)
  }

  /// Sets the sign or the opening bracket of the innermost element that has one.
  mutating func setSign(_ sign: String) {
    if let index = open.lastIndex(where: { $0.operation == .nary || $0.operation == .delimited }) {
      open[index].sign = sign
    }
  }

  mutating func setClosing(_ closing: String) {
    if let index = open.lastIndex(where: { $0.operation == .delimited }) {
      open[index].closing = closing
    }
  }

  mutating func append(_ text: String) {
    guard !open.isEmpty else { return }
    open[open.count - 1].parts.append(text)
  }

  /// Ends an element; returns the equation if it was the outermost one.
  mutating func end() -> String? {
    guard let element = open.popLast() else { return nil }
    let text = Self.compose(element)
    guard !open.isEmpty else { return text }
    open[open.count - 1].parts.append(text)
    return nil
  }

  private static func compose(_ element: Element) -> String {
    let parts = element.parts
    func part(_ index: Int) -> String { index < parts.count ? parts[index] : "" }
    switch element.operation {
    case .row: return parts.joined()
    case .fraction: return grouped(part(0)) + "/" + grouped(part(1))
    case .superscript: return part(0) + raised(part(1))
    case .subscript_: return part(0) + lowered(part(1))
    case .subscriptAndSuperscript: return part(0) + lowered(part(1)) + raised(part(2))
    case .squareRoot: return "√" + grouped(parts.joined())
    case .root: return root(of: part(0), degree: part(1))
    case .radical:
      return parts.count > 1 ? root(of: part(1), degree: part(0)) : root(of: part(0), degree: "")
    case .nary:
      let limits = parts.dropLast()
      let lower = limits.first.map(lowered) ?? ""
      let upper = limits.dropFirst().first.map(raised) ?? ""
      return element.sign + lower + upper + " " + (parts.last ?? "")
    case .delimited: return element.sign + parts.joined(separator: ", ") + element.closing
    case .rows: return parts.joined(separator: "; ")
    case .cells: return parts.joined(separator: ", ")
    }
  }

  private static func root(of radicand: String, degree: String) -> String {
    let mark = degree.isEmpty || degree == "2" ? "" : degree + "-th root "
    return mark + "√" + grouped(radicand)
  }

  private static func raised(_ text: String) -> String {
    text.isEmpty ? "" : "^" + grouped(text)
  }

  private static func lowered(_ text: String) -> String {
    text.isEmpty ? "" : "_" + grouped(text)
  }

  /// The text in brackets, unless it is one number or name.
  private static func grouped(_ text: String) -> String {
    let words = TextAssembler.singleLine(text)
    let isSimple = words.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || ScriptNotation.isDigit($0) || $0 == "." || $0 == ","
    }
    return isSimple ? words : "(\(words))"
  }
}
