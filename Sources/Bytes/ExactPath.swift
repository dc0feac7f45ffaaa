/// A path as the key of a set or dictionary: two paths are equal if their bytes are.
///
/// Linux keeps names as bytes, so `é` in one character and `e` with a combining accent are two files,
/// which `String` takes for equal (Unicode canonical equivalence).
package struct ExactPath: Hashable, Sendable {
  package let string: String

  package init(_ string: String) { self.string = string }

  package static func == (left: ExactPath, right: ExactPath) -> Bool {
    left.string.utf8.elementsEqual(right.string.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    for byte in string.utf8 { hasher.combine(byte) }
  }
}
