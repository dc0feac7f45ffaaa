/// A word as a shell takes it, in single quotes only where it needs them.
///
/// - Parameter word: a path or another argument.
/// - Returns: the text to type.
package func shellWord(_ word: String) -> String {
  let isPlain = word.unicodeScalars.allSatisfy {
    $0.properties.isAlphabetic || ("0"..."9").contains($0)
      || "/._-+,:@%".unicodeScalars.contains($0)
  }
  return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
}
