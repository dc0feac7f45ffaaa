extension Array {
  /// Replaces each match, from left to right; the search goes on at a match's end.
  ///
  /// - Parameter match: what replaces the match that begins at an index, and where it ends, which is
  ///   beyond the index; nil where none begins.
  /// - Returns: the array with the replacements.
  func replacingMatches(
    _ match: (_ index: Int) -> (replacement: [Element], end: Int)?
  ) -> [Element] {
    var result: [Element] = []
    var index = 0
    while index < count {
      if let (replacement, end) = match(index) {
        result += replacement
        index = end
      } else {
        result.append(self[index])
        index += 1
      }
    }
    return result
  }
}
