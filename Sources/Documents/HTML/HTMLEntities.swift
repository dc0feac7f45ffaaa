internal import Bytes

/// Looks up the named character references of HTML (HTML Standard, section 13.5).
enum HTMLEntities {
  /// Number of characters of the longest name, `CounterClockwiseContourIntegral`, without its
  /// semicolon.
  static let longestName = 31
  /// Number of characters of the longest names that also count without a semicolon, as in `Atilde`.
  static let longestOldName = 6

  /// The characters of a name with its semicolon, or of an old name without one; nil if unknown.
  static func characters(_ name: String) -> String? { table[name] }

  private static let table: [String: String] = {
    var table: [String: String] = [:]
    for row in NamedCharacterReferences.references.split(whereSeparator: \.isWhitespace) {
      let parts = row.split(separator: "=")
      guard parts.count == 2 else { continue }
      var characters = String.UnicodeScalarView()
      for number in parts[1].split(separator: ".") {
        if let scalar = UInt32(number, radix: 16).flatMap({ Unicode.Scalar($0) }) {
          characters.append(scalar)
        }
      }
      table[String(parts[0])] = String(characters)
    }
    return table
  }()
}
