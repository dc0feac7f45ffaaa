internal import Documents
internal import Foundation
internal import Store

/// One ranking of passages of text and pictures.
///
/// The scores of the two lists cannot be compared: the best passage has a fused score near 1 even if
/// nothing in the index bears on the question. So each result gets a probability of its own.
///
/// - A passage: logistic((e - 0.55) / 0.05) with e = cosine + 0.3 share of the question's words. This
///   is a rule of its own, because it was measured together with the pictures; `Evidence` weighs words
///   by how rare they are.
/// - A picture: its probability by `PictureRelevance`.
///
/// Within each list the order stays: a passage gets at most the probability of the one before it.
enum MergedRanking {
  /// The strength over which the odds of a passage grow by e; the measured rule refuses and accepts
  /// most questions within three of these steps around its threshold.
  private static let strengthStep = 0.05
  /// Weight of the words and least strength, as measured with pictures.
  private static let rule = EvidenceRule(coverageWeight: 0.3, threshold: 0.55, passageCount: 1)

  /// The passages and pictures in one list.
  ///
  /// - Parameters:
  ///   - question: whose words the passages may contain.
  ///   - passages: from the search of texts, best first; pictures may be among them, by their
  ///     captions.
  ///   - pictures: from the search of pictures, best first.
  ///   - limit: how many are returned at most.
  ///   - rule: the rule of evidence for the question; in place of ``EvidenceRule/measured``, the
  ///     probability of a passage follows the rule that was measured with pictures.
  /// - Returns: the results, best first, with their probability as the score; `passages` as they are
  ///   if there are no pictures.
  static func merged(
    question: String, passages: [Passage], pictures: [Passage], limit: Int,
    rule: EvidenceRule
  ) -> [Passage] {
    guard !pictures.isEmpty else { return Array(DuplicatePictures.merged(passages).prefix(limit)) }
    let words = ContentWords.of(question)
    let rule = rule == .measured ? Self.rule : rule
    var pictures = pictures
    for index in pictures.indices { pictures[index].score = pictures[index].pictureRelevance ?? 0 }
    var texts: [Passage] = []
    var bound = 1.0
    for var passage in passages {
      bound = min(bound, probability(of: passage, words: words, rule: rule))
      if let index = pictures.firstIndex(where: { $0.isSamePicture(as: passage) }) {
        // Found by its pixels as well: one result, at the better of the two places.
        pictures[index].takeRanks(of: passage)
        pictures[index].score = max(pictures[index].score, bound)
        continue
      }
      passage.score = bound
      texts.append(passage)
    }
    pictures.sort { $0.score > $1.score }
    return Array(DuplicatePictures.merged(interleaved(texts, pictures)).prefix(limit))
  }

  /// Merges two lists by descending scores; of equals the text comes first.
  private static func interleaved(_ texts: [Passage], _ pictures: [Passage]) -> [Passage] {
    var merged: [Passage] = []
    var rest = pictures[...]
    for text in texts {
      while let picture = rest.first, picture.score > text.score {
        merged.append(picture)
        rest.removeFirst()
      }
      merged.append(text)
    }
    return merged + rest
  }

  private static func probability(
    of passage: Passage, words: Set<String>, rule: EvidenceRule
  ) -> Double {
    let evidence = PassageEvidence(of: passage, words: words, weights: .even)
    return 1 / (1 + exp((rule.threshold - rule.strength(of: evidence)) / strengthStep))
  }
}

/// Finds results that show the same picture: a file, and a page that refers to it.
enum DuplicatePictures {
  /// The results with each group of equal pictures replaced by the one with the longest caption, at
  /// the place of the best; the others are in ``Passage/alsoAt``.
  static func merged(_ passages: [Passage]) -> [Passage] {
    var merged: [Passage] = []
    var indexByHash: [String: Int] = [:]
    for passage in passages {
      guard passage.citation.isPicture, let hash = passage.citation.picture?.sha256 else {
        merged.append(passage)
        continue
      }
      guard let index = indexByHash[hash] else {
        indexByHash[hash] = merged.count
        merged.append(passage)
        continue
      }
      var (kept, other) = (merged[index], passage)
      if other.text.utf8.count > kept.text.utf8.count {
        swap(&kept, &other)
        kept.score = other.score
      }
      kept.alsoAt += [other.citation] + other.alsoAt
      merged[index] = kept
    }
    return merged
  }
}
