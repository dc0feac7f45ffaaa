/// Removes from untrusted text everything that could manipulate a terminal; line breaks and tabs
/// stay.
///
/// Control characters could move the cursor or recolour what follows. Bidirectional controls and
/// tag characters could make a line read as something that it is not (CVE-2021-42574). They are
/// dropped and not escaped, because document text is prose to be read. Where a person must see that
/// they are there, as in names from model files, the escaping function of `Bytes` shows them
/// instead.
///
/// - Parameter text: text from documents, file names or a language model.
/// - Returns: the text without these characters.
func droppingControls(_ text: some StringProtocol) -> String {
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    switch scalar.value {
    case 0x09, 0x0A: result.append(scalar)
    case 0x00..<0x20, 0x7F..<0xA0: continue
    case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x061C: continue
    case 0xE0000...0xE007F: continue
    default: result.append(scalar)
    }
  }
  return String(result)
}

/// The name of a file or folder on one line: every character that could end the line, or manipulate a
/// terminal, appears as `\n` or `\u{…}`.
///
/// A name may contain anything but a slash. In a list of files, a name with a line feed would be
/// two files, and one without its control characters might be the name of another file.
///
/// - Parameter name: a name or path from the file system or the index.
/// - Returns: the name on one line.
func shownName(_ name: some StringProtocol) -> String {
  var result = ""
  for scalar in name.unicodeScalars {
    switch scalar.value {
    case 0x0A: result += "\\n"
    case 0x00..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x200E, 0x200F, 0x202A...0x202E,
      0x2066...0x2069, 0x061C, 0xE0000...0xE007F:
      result += "\\u{\(String(scalar.value, radix: 16))}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
