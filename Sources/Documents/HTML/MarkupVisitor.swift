/// The start of an element of an XML document.
struct MarkupElement {
  let name: String
  let attributes: [String: String]
}

/// Receives the elements and texts of an XML document in order.
protocol MarkupVisitor {
  /// - Returns: false to skip the element with its content; then no `end` follows.
  mutating func start(_ element: MarkupElement) -> Bool
  mutating func end(_ name: String)
  mutating func text(_ text: String)
}
