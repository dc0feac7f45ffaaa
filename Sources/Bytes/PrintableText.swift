/// Untrusted text made safe to print: names and values from files reach terminals and logs.
///
/// Control characters (a terminal obeys ESC sequences), format characters (bidirectional marks
/// change the order in which text appears) and unassigned scalars appear as `\u{…}`; letters,
/// marks, numbers, punctuation, symbols and spaces of every script stay.
///
/// - Parameters:
///   - text: any text.
///   - limit: how many scalars to show; an ellipsis stands for the rest.
/// - Returns: text in one line.
package func printable(_ text: String, limit: Int = 120) -> String {
  var result = ""
  var count = 0
  for scalar in text.unicodeScalars {
    if count == limit { return result + "…" }
    count += 1
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      result += scalar == "\n" ? "\\n" : "\\u{\(String(scalar.value, radix: 16))}"
    default:
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}
