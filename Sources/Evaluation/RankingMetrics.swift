/// Recall and mean reciprocal rank of rankings that should find one passage per question.
package struct RankingMetrics: Sendable, Equatable, Encodable {
  package private(set) var questionCount = 0
  private var hitsAt1 = 0
  private var hitsAt5 = 0
  private var reciprocalRankSum = 0.0

  package init() {}

  /// Counts one question.
  ///
  /// - Parameter rank: the rank of the right passage, from 1; `nil` if it is not among the results.
  package mutating func add(rank: Int?) {
    questionCount += 1
    guard let rank else { return }
    if rank == 1 { hitsAt1 += 1 }
    if rank <= 5 { hitsAt5 += 1 }
    if rank <= 10 { reciprocalRankSum += 1 / Double(rank) }
  }

  /// The share of questions whose passage is first.
  package var recallAt1: Double { share(Double(hitsAt1)) }
  /// The share of questions whose passage is among the first five.
  package var recallAt5: Double { share(Double(hitsAt5)) }
  /// The mean of 1/rank, 0 beyond rank 10.
  package var meanReciprocalRankAt10: Double { share(reciprocalRankSum) }

  private func share(_ sum: Double) -> Double {
    questionCount == 0 ? 0 : sum / Double(questionCount)
  }

  private enum CodingKeys: String, CodingKey {
    case questionCount = "questions"
    case recallAt1, recallAt5, meanReciprocalRankAt10
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(questionCount, forKey: .questionCount)
    try container.encode(recallAt1, forKey: .recallAt1)
    try container.encode(recallAt5, forKey: .recallAt5)
    try container.encode(meanReciprocalRankAt10, forKey: .meanReciprocalRankAt10)
  }
}
