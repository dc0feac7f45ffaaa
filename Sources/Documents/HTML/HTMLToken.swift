/// A tag, a text, a document type, or the end of the page.
struct HTMLToken {
  enum Kind {
    case text, startTag, endTag, doctype
    /// The end of the page.
    case end
  }

  var kind: Kind
  var tag: HTMLTag = .other
  /// The name of the element in lower case.
  var name = ""
  var attributes = HTMLAttributes()
  /// `<br/>`; HTML ignores the slash, SVG and MathML do not.
  var isSelfClosing = false
  /// The bytes of a text in `HTMLTokenizer.text`.
  var range = 0..<0
  /// A text of white space alone.
  var isBlank = false
  /// A document type that puts browsers into quirks mode.
  var isQuirky = false
  /// The line of the page, from 1, on which the token begins.
  var line = 1
}

/// The attributes of an element that the reader uses; pages have a dozen others on every element.
struct HTMLAttributes {
  private(set) var values: [HTMLAttribute: String] = [:]
  /// A sum over all attributes, also those that are not kept, independent of their order.
  ///
  /// Two elements with the same sum count as equal in the list of active formatting elements.
  private(set) var fingerprint: UInt64 = 0

  subscript(_ attribute: HTMLAttribute) -> String? { values[attribute] }

  /// Adds an attribute with a name in lower case; of several with one name the first counts.
  mutating func add(_ name: String, _ value: @autoclosure () -> String, hash: UInt64) {
    fingerprint &+= hash
    guard let attribute = HTMLAttribute(rawValue: name), values[attribute] == nil else { return }
    values[attribute] = value()
  }
}

/// The attributes that are kept.
enum HTMLAttribute: String {
  case alt, `class`, color, colspan, encoding, face, hidden, href, id, onclick, role, rowspan, size
  case src, start, style, title, type, value
  case ariaControls = "aria-controls"
  case ariaExpanded = "aria-expanded"
  case dataTarget = "data-target"
  case dataBootstrapTarget = "data-bs-target"
}
