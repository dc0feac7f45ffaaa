internal import CXML2

/// The start of an element of a markup document.
struct MarkupElement {
  let name: String
  let attributes: [String: String]
  /// For a `table`: true if it is used for layout and not for data.
  let isLayoutTable: Bool
}

/// Receives the elements and texts of a markup document in order.
protocol MarkupVisitor {
  /// - Returns: false to skip the element with its content; then no `end` follows.
  mutating func start(_ element: MarkupElement) -> Bool
  mutating func end(_ name: String)
  mutating func text(_ text: String)
}

/// An HTML page parsed by libxml2's lenient parser.
///
/// Owns the tree; all pointers into it stay in this file. The parser loads nothing from the
/// network or the disk, and its limits on depth and size stay on (no HTML_PARSE_HUGE).
@safe struct HTMLTree: ~Copyable {
  private let document: htmlDocPtr
  /// Why parsing stopped before the end; nil if it did not.
  let interruption: String?

  /// Parses a page in an encoding that libxml2 knows; the page's own declaration is not used.
  ///
  /// Nil if the parser returns no tree.
  init?(_ bytes: [UInt8], encoding: String) {
    MarkupLibrary.start()
    guard let context = unsafe htmlNewParserCtxt() else { return nil }
    defer { unsafe htmlFreeParserCtxt(context) }
    let options =
      HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NONET.rawValue | HTML_PARSE_NOERROR.rawValue
      | HTML_PARSE_NOWARNING.rawValue | HTML_PARSE_COMPACT.rawValue
      | HTML_PARSE_NODEFDTD.rawValue
    guard let byteCount = Int32(exactly: bytes.count) else { return nil }
    let parsed = unsafe bytes.withUnsafeBytes { buffer in
      unsafe htmlCtxtReadMemory(
        context, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), byteCount, nil,
        encoding, Int32(options))
    }
    guard let parsed = unsafe parsed else { return nil }
    unsafe document = parsed
    // The parser stops only at a limit; it repairs other errors.
    if unsafe context.pointee.disableSAX != 0 {
      let line = unsafe context.pointee.lastError.line
      let message = unsafe MarkupLibrary.message(context.pointee.lastError.message)
      interruption = "reading stopped at line \(line): \(message)"
    } else {
      interruption = nil
    }
  }

  deinit { unsafe xmlFreeDoc(document) }

  /// Traverses the tree without recursion.
  func walk(_ visitor: inout some MarkupVisitor) {
    var node = unsafe xmlDocGetRootElement(document)
    while let current = unsafe node {
      if unsafe enter(current, &visitor), let child = unsafe current.pointee.children {
        unsafe node = child
        continue
      }
      unsafe node = following(current, &visitor)
    }
  }

  /// Reports a node; returns whether its children should be visited.
  private func enter(_ node: xmlNodePtr, _ visitor: inout some MarkupVisitor) -> Bool {
    switch unsafe node.pointee.type {
    case XML_ELEMENT_NODE:
      let name = unsafe MarkupLibrary.string(node.pointee.name)
      let element = unsafe MarkupElement(
        name: name, attributes: attributes(of: node),
        isLayoutTable: name == "table" && isLayoutTable(node))
      guard visitor.start(element) else { return false }
      if unsafe node.pointee.children == nil { visitor.end(name) }
      return true
    case XML_TEXT_NODE, XML_CDATA_SECTION_NODE:
      unsafe visitor.text(MarkupLibrary.string(node.pointee.content))
      return false
    default: return false
    }
  }

  /// The node after `node` and its descendants; reports the end of the elements that close in
  /// between.
  private func following(
    _ node: xmlNodePtr, _ visitor: inout some MarkupVisitor
  ) -> xmlNodePtr? {
    var current = unsafe node
    while true {
      if let next = unsafe current.pointee.next { return unsafe next }
      guard let parent = unsafe current.pointee.parent,
        unsafe parent.pointee.type == XML_ELEMENT_NODE
      else { return nil }
      unsafe visitor.end(MarkupLibrary.string(parent.pointee.name))
      unsafe current = parent
    }
  }

  /// Only the attributes that a visitor uses; pages have a dozen others on every element.
  private func attributes(of node: xmlNodePtr) -> [String: String] {
    var found: [String: String] = [:]
    var attribute = unsafe node.pointee.properties
    while let current = unsafe attribute {
      let name = unsafe MarkupLibrary.string(current.pointee.name)
      if Self.wantedAttributes.contains(name) {
        found[name] = unsafe value(of: current)
      }
      unsafe attribute = current.pointee.next
    }
    return found
  }

  /// The value of an attribute; libxml2 splits it at references that it does not resolve.
  private func value(of attribute: xmlAttrPtr) -> String {
    var value = ""
    var part = unsafe attribute.pointee.children
    while let current = unsafe part {
      value += unsafe MarkupLibrary.string(current.pointee.content)
      unsafe part = current.pointee.next
    }
    return value
  }

  private static let wantedAttributes: Set<String> = [
    "alt", "hidden", "role", "src", "start", "style", "title",
  ]

  /// A table that contains another table or a heading is used for layout.
  private func isLayoutTable(_ table: xmlNodePtr) -> Bool {
    var node = unsafe table.pointee.children
    while let current = unsafe node {
      if unsafe current.pointee.type == XML_ELEMENT_NODE {
        let name = unsafe MarkupLibrary.string(current.pointee.name)
        if Self.layoutNames.contains(name) { return true }
      }
      if let child = unsafe current.pointee.children {
        unsafe node = child
        continue
      }
      var leaf = unsafe current
      while unsafe leaf.pointee.next == nil, let parent = unsafe leaf.pointee.parent,
        unsafe parent != table
      {
        unsafe leaf = parent
      }
      unsafe node = leaf.pointee.next
    }
    return false
  }

  private static let layoutNames: Set<String> = ["table", "h1", "h2", "h3", "h4", "h5", "h6"]
}
