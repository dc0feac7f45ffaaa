internal import Store

/// Finds passages with the same text; pictures with the same caption are not copies of each other.
///
/// The store already keeps files of equal bytes once. This merges copies of a text in files that
/// differ elsewhere, for example by their title or format.
enum DuplicatePassages {
  /// Distinct words that two copies have in common, as a share of all their distinct words.
  private static let commonWordShare = 0.9
  /// The length of the shorter copy, as a share of the longer one's.
  private static let lengthShare = 0.8

  /// The passages with each group of copies replaced by its first member, which lists the others in
  /// ``Passage/alsoAt``.
  static func merged(_ passages: [Passage]) -> [Passage] {
    var kept: [(passage: Passage, words: [String])] = []
    for passage in passages {
      guard !passage.citation.isPicture else {
        kept.append((passage, []))
        continue
      }
      let words = passage.text.lowercased().split(whereSeparator: {
        !$0.isLetter && !$0.isNumber
      }).map(String.init)
      if let index = kept.firstIndex(where: { areCopies($0.words, words) }) {
        kept[index].passage.alsoAt.append(passage.citation)
        kept[index].passage.alsoAt += passage.alsoAt
      } else {
        kept.append((passage, words))
      }
    }
    return kept.map(\.passage)
  }

  private static func areCopies(_ first: [String], _ second: [String]) -> Bool {
    let (shorter, longer) = (min(first.count, second.count), max(first.count, second.count))
    guard shorter > 0, Double(shorter) >= lengthShare * Double(longer) else { return false }
    let (firstSet, secondSet) = (Set(first), Set(second))
    let common = firstSet.intersection(secondSet).count
    return Double(common) >= commonWordShare * Double(firstSet.union(secondSet).count)
  }
}
