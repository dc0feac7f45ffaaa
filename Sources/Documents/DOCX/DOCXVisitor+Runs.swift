/// Runs of text, notes, symbols and equations.
extension DOCXVisitor {
  /// The properties of the open run with those of its styles.
  private var properties: DOCXRunProperties {
    context.run.over(styles.run(context.runStyle)).over(styles.run(context.paragraph.style))
  }

  mutating func append(_ text: String) {
    let properties = properties
    if properties.isHidden == true { return leftOut.add(text, .hidden) }
    if properties.isStruck == true { return leftOut.add(text, .struckOut) }
    let kind: OpenScript.Kind? =
      switch properties.position {
      case .superscript: .superscript
      case .subscript_: .subscript_
      default: nil
      }
    // A superscript is often stored in several runs.
    if prose.script?.kind != kind {
      prose.endScript()
      if let kind { prose.beginScript(kind) }
    }
    prose.append(withSymbols(text))
  }

  /// Text that was typed in a symbol font has the codes of the font.
  private mutating func withSymbols(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { (0xF020...0xF0FF).contains($0.value) }) else {
      return text
    }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if let known = DOCXSymbols.character(scalar, font: context.font) {
        result.append(known)
      } else {
        unknownSymbolCount += 1
      }
    }
    return String(result)
  }

  mutating func addSymbol(_ element: MarkupElement) {
    let font = element.attributes["font"] ?? ""
    if let code = element.attributes["char"],
      let scalar = DOCXSymbols.character(code: code, font: font)
    {
      append(String(Character(scalar)))
    } else {
      unknownSymbolCount += 1
    }
  }

  /// Writes something that ends a superscript, unless the run is hidden.
  mutating func separate(_ body: (inout ProseBuilder) -> Void) {
    prose.endScript()
    if properties.isHidden != true { body(&prose) }
  }

  // MARK: Notes

  /// Notes are numbered in the order of their references; the identifiers are internal.
  mutating func addNote(_ element: MarkupElement, isFootnote: Bool) {
    let notes = isFootnote ? footnotes : endnotes
    guard let id = element.attributes["id"], let text = notes[id] else { return }
    prose.endScript()
    let key = (isFootnote ? "f" : "e") + id
    if ["1", "true", "on"].contains(element.attributes["customMarkFollows"]) {
      return context.notes.append((mark: "*", text: text))
    }
    let isNew = noteMarks[key] == nil
    let mark = noteMarks[key] ?? nextMark(isFootnote: isFootnote)
    noteMarks[key] = mark
    prose.append(ScriptNotation.note(mark, after: prose.lastScalar))
    if isNew { context.notes.append((ScriptNotation.note(mark, after: nil), text)) }
  }

  private mutating func nextMark(isFootnote: Bool) -> String {
    if isFootnote {
      footnoteCount += 1
      return NumberingFormat.text(footnoteCount, settings.footnoteFormat)
    }
    endnoteCount += 1
    return NumberingFormat.text(endnoteCount, settings.endnoteFormat)
  }

  // MARK: Equations (ECMA-376, 22.1)

  mutating func startMath(_ element: MarkupElement) -> Bool {
    let value = element.attributes["val"] ?? ""
    switch element.name {
    case "m:t": takesMath = true
    case "m:chr": equation.setSign(value)
    case "m:begChr": equation.setSign(value)
    case "m:endChr": equation.setClosing(value)
    default:
      guard let operation = Self.operations[element.name] else { return true }
      equation.begin(operation)
    }
    return true
  }

  mutating func endMath(_ name: String) {
    if name == "m:t" { takesMath = false }
    guard Self.operations[name] != nil, let text = equation.end() else { return }
    prose.endScript()
    prose.append(text)
  }

  private static let operations: [String: MathText.Operation] = [
    "m:oMath": .row, "m:e": .row, "m:num": .row, "m:den": .row, "m:sup": .row, "m:sub": .row,
    "m:deg": .row, "m:fName": .row, "m:lim": .row, "m:f": .fraction, "m:sSup": .superscript,
    "m:sSub": .subscript_, "m:sSubSup": .subscriptAndSuperscript, "m:rad": .radical,
    "m:nary": .nary, "m:d": .delimited, "m:m": .rows, "m:mr": .cells, "m:eqArr": .rows,
    "m:limLow": .subscript_, "m:limUpp": .superscript,
  ]
}
