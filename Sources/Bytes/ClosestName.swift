/// The name that a person may have meant: the one with the fewest insertions, deletions,
/// replacements and swaps of neighbours, where these are at most a third of its length; of several,
/// the first.
///
/// - Parameters:
///   - word: as it was typed.
///   - names: the valid names.
/// - Returns: nil where none is close.
/// - Complexity: O(word · sum of the names' lengths).
package func closestName(to word: String, in names: [String]) -> String? {
  let typed = Array(word.lowercased().utf8.prefix(64))
  var best: (name: String, distance: Int)?
  for name in names {
    let distance = editDistance(typed, Array(name.lowercased().utf8))
    guard distance <= max(1, min(typed.count, name.utf8.count) / 3) else { continue }
    if distance < best?.distance ?? .max { best = (name, distance) }
  }
  return best?.name
}

/// The Damerau–Levenshtein distance with adjacent swaps (optimal string alignment).
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        cost = min(cost, beforeLast[j - 1] + 1)
      }
      row.append(cost)
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}
