/// `xl/workbook.xml`: the sheets in the order of their tabs, and the date system.
struct XLSXWorkbook: MarkupVisitor {
  /// A tab.
  struct Sheet: Equatable {
    let name: String
    let relationship: String
    let isHidden: Bool
  }

  private(set) var sheets: [Sheet] = []
  /// Whether dates count from 1904, as on old Macintosh computers, and not from 1900.
  private(set) var uses1904 = false

  mutating func start(_ element: MarkupElement) -> Bool {
    let attributes = element.attributes
    switch element.name {
    case "workbookPr": uses1904 = ["1", "true"].contains(attributes["date1904"] ?? "")
    case "sheet":
      guard let id = attributes["r:id"] ?? attributes["id"] else { return true }
      sheets.append(
        Sheet(
          name: attributes["name"] ?? "\(sheets.count + 1)", relationship: id,
          isHidden: (attributes["state"] ?? "visible") != "visible"))
    default: break
    }
    return true
  }

  mutating func end(_ name: String) {}
  mutating func text(_ text: String) {}
}

/// `xl/sharedStrings.xml`: the texts that cells refer to by index.
struct XLSXStrings: MarkupVisitor {
  private(set) var texts: [String] = []
  private var current = ""
  private var takesText = false
  private var script: OpenScript.Kind?

  mutating func start(_ element: MarkupElement) -> Bool {
    switch element.name {
    case "si": current = ""
    case "r": script = nil
    case "vertAlign":
      script =
        ["superscript": .superscript, "subscript": .subscript_][element.attributes["val"] ?? ""]
    case "t": takesText = true
    // Readings of Japanese words, which are shown above them.
    case "rPh": return false
    default: break
    }
    return true
  }

  mutating func end(_ name: String) {
    if name == "t" { takesText = false }
    if name == "r" { script = nil }
    if name == "si" { texts.append(Self.unescaped(current)) }
  }

  mutating func text(_ text: String) {
    guard takesText else { return }
    ScriptNotation.append(text, script, to: &current)
  }

  /// Resolves `_x000D_` and the like, which stand for characters that XML cannot contain (22.9.2.19).
  static func unescaped(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "_")) else { return text }
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "_"), index + 6 < bytes.count,
        bytes[index + 1] == UInt8(ascii: "x"), bytes[index + 6] == UInt8(ascii: "_"),
        let high = TransferEncoding.hexadecimal(bytes[...], at: index + 2),
        let low = TransferEncoding.hexadecimal(bytes[...], at: index + 4),
        let scalar = Unicode.Scalar(UInt16(high) << 8 | UInt16(low)),
        let encoded = UTF8.encode(scalar)
      {
        result.append(contentsOf: encoded)
        index += 7
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}

/// `xl/styles.xml`: the number format and the font of each cell style.
struct XLSXStyles: MarkupVisitor {
  private var codes: [Int: String] = [:]
  private var fonts: [(isBold: Bool, isStruck: Bool)] = []
  private var formats: [(numberFormat: Int, font: Int)] = []
  private var isInFonts = false
  private var isInCellFormats = false

  mutating func start(_ element: MarkupElement) -> Bool {
    let attributes = element.attributes
    switch element.name {
    case "numFmt":
      if let id = attributes["numFmtId"].flatMap({ Int($0) }) {
        codes[id] = attributes["formatCode"]
      }
    case "fonts": isInFonts = true
    case "font" where isInFonts: fonts.append((false, false))
    case "b", "strike":
      guard isInFonts, let last = fonts.indices.last else { break }
      let isOn = !["0", "false"].contains(attributes["val"] ?? "1")
      if element.name == "b" { fonts[last].isBold = isOn } else { fonts[last].isStruck = isOn }
    case "cellXfs": isInCellFormats = true
    case "xf" where isInCellFormats:
      formats.append(
        (
          attributes["numFmtId"].flatMap { Int($0) } ?? 0,
          attributes["fontId"].flatMap { Int($0) } ?? 0
        ))
    // Formats of conditional formatting have fonts of their own.
    case "dxfs": return false
    default: break
    }
    return true
  }

  mutating func end(_ name: String) {
    if name == "fonts" { isInFonts = false }
    if name == "cellXfs" { isInCellFormats = false }
  }

  mutating func text(_ text: String) {}

  /// The format code of a cell's style; `General` for an unknown one.
  func numberFormat(of style: Int) -> String {
    guard formats.indices.contains(style) else { return "General" }
    let id = formats[style].numberFormat
    return codes[id] ?? NumberFormat.builtIn[id] ?? "General"
  }

  func isBold(_ style: Int) -> Bool { font(of: style)?.isBold ?? false }

  func isStruck(_ style: Int) -> Bool { font(of: style)?.isStruck ?? false }

  private func font(of style: Int) -> (isBold: Bool, isStruck: Bool)? {
    guard formats.indices.contains(style) else { return nil }
    let font = formats[style].font
    return fonts.indices.contains(font) ? fonts[font] : nil
  }
}
