internal import CXML2

/// Reads a well-formed XML part of an office document, element by element.
///
/// Entities are not expanded and nothing is loaded; a document type declaration, which OOXML
/// forbids (ECMA-376 part 2, section 9.1.3), is an error. libxml2's limits (depth 256, text nodes
/// of 10 MB) stay on.
enum XMLPullReader {
  /// Why a part could not be read.
  struct Malformed: Error, Equatable {
    let reason: String
  }

  /// Parses a part and reports its elements by short names: "w:" for WordprocessingML, "m:" for
  /// Office Math, "mc:" for markup compatibility, "dc:" for Dublin Core, and no prefix for all
  /// others.
  static func walk(
    _ bytes: [UInt8], _ visitor: inout some MarkupVisitor
  ) throws(Malformed) {
    MarkupLibrary.start()
    guard let byteCount = Int32(exactly: bytes.count) else {
      throw Malformed(reason: "too large")
    }
    let options =
      XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
      | XML_PARSE_COMPACT.rawValue
    // The reader refers to the bytes until it is freed, so everything happens inside the closure.
    let failure = unsafe bytes.withUnsafeBytes { buffer -> Malformed? in
      let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
      guard
        let reader = unsafe xmlReaderForMemory(start, byteCount, nil, nil, Int32(options))
      else { return Malformed(reason: "empty") }
      defer { unsafe xmlFreeTextReader(reader) }
      return unsafe walk(reader, &visitor)
    }
    if let failure { throw failure }
  }

  private static func walk(
    _ reader: xmlTextReaderPtr, _ visitor: inout some MarkupVisitor
  ) -> Malformed? {
    xmlResetLastError()
    var status = unsafe xmlTextReaderRead(reader)
    while status == 1 {
      let kind = unsafe xmlReaderTypes(
        rawValue: UInt32(truncatingIfNeeded: xmlTextReaderNodeType(reader)))
      switch kind {
      case XML_READER_TYPE_DOCUMENT_TYPE:
        return Malformed(reason: "it has a document type declaration, which the format forbids")
      case XML_READER_TYPE_ELEMENT:
        let name = unsafe elementName(reader)
        let isEmpty = unsafe xmlTextReaderIsEmptyElement(reader) == 1
        let element = unsafe MarkupElement(name: name, attributes: attributes(reader))
        guard visitor.start(element) else {
          // Skips the element with its content.
          status = unsafe xmlTextReaderNext(reader)
          continue
        }
        if isEmpty { visitor.end(name) }
      case XML_READER_TYPE_END_ELEMENT: unsafe visitor.end(elementName(reader))
      case XML_READER_TYPE_TEXT, XML_READER_TYPE_CDATA, XML_READER_TYPE_SIGNIFICANT_WHITESPACE,
        XML_READER_TYPE_WHITESPACE:
        unsafe visitor.text(MarkupLibrary.string(xmlTextReaderConstValue(reader)))
      default: break
      }
      status = unsafe xmlTextReaderRead(reader)
    }
    return status == 0 ? nil : lastError()
  }

  private static func lastError() -> Malformed {
    guard let error = unsafe xmlGetLastError() else { return Malformed(reason: "malformed XML") }
    let message = unsafe MarkupLibrary.message(error.pointee.message)
    return unsafe Malformed(reason: "line \(error.pointee.line): \(message)")
  }

  private static func elementName(_ reader: xmlTextReaderPtr) -> String {
    let local = unsafe MarkupLibrary.string(xmlTextReaderConstLocalName(reader))
    let space = unsafe MarkupLibrary.string(xmlTextReaderConstNamespaceUri(reader))
    return prefix(of: space) + local
  }

  /// The transitional and the strict namespace (ISO/IEC 29500-1 and -4) are treated as one.
  private static func prefix(of namespace: String) -> String {
    switch namespace {
    case "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
      "http://purl.oclc.org/ooxml/wordprocessingml/main":
      "w:"
    case "http://schemas.openxmlformats.org/officeDocument/2006/math",
      "http://purl.oclc.org/ooxml/officeDocument/math":
      "m:"
    case "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc:"
    case "http://purl.org/dc/elements/1.1/": "dc:"
    default: ""
    }
  }

  /// Attributes by local name, and those that refer to another part by `r:` and local name as well,
  /// because `id` and `r:id` occur in one element.
  private static func attributes(_ reader: xmlTextReaderPtr) -> [String: String] {
    var found: [String: String] = [:]
    while unsafe xmlTextReaderMoveToNextAttribute(reader) == 1 {
      let name = unsafe MarkupLibrary.string(xmlTextReaderConstLocalName(reader))
      let value = unsafe MarkupLibrary.string(xmlTextReaderConstValue(reader))
      found[name] = value
      let space = unsafe MarkupLibrary.string(xmlTextReaderConstNamespaceUri(reader))
      if space.hasSuffix("/officeDocument/2006/relationships")
        || space.hasSuffix("/officeDocument/relationships")
      {
        found["r:" + name] = value
      }
    }
    _ = unsafe xmlTextReaderMoveToElement(reader)
    return found
  }
}
