/// A token id and the natural logarithm of its probability.
package struct TokenLogprob: Sendable, Equatable {
  package var id: Int32
  package var logprob: Double

  package init(id: Int32, logprob: Double) {
    self.id = id
    self.logprob = logprob
  }
}

/// Log-probabilities of a row of logits, computed on demand.
///
/// log p(i) = l(i) - max - log Σ exp(l(j) - max), summed in Float64 in the order of ids. This is the
/// model's own distribution, before bias, penalties, grammar and temperature.
///
/// - Complexity: O(vocabulary), and O(vocabulary × alternatives) at worst for ``best(_:of:)``.
struct Logprobs {
  private let maximum: Double
  private let logarithmOfSum: Double

  /// - Parameter logits: neither NaN nor +infinity, at least one of them finite.
  init(_ logits: [Float]) {
    var maximum = -Float.infinity
    for logit in logits where logit > maximum { maximum = logit }
    var sum = 0.0
    for logit in logits { sum += portableExp(Double(logit) - Double(maximum)) }
    self.maximum = Double(maximum)
    logarithmOfSum = portableLog(sum)
  }

  /// The log-probability of a token by its logit.
  func logprob(_ logit: Float) -> Double { (Double(logit) - maximum) - logarithmOfSum }

  /// The `count` most probable tokens, in descending order, equal ones by ascending id.
  func best(_ count: Int, of logits: [Float]) -> [TokenLogprob] {
    let count = min(count, logits.count)
    var best: [TokenLogprob] = []
    best.reserveCapacity(count + 1)
    var least = -Float.infinity
    for (id, logit) in logits.enumerated() {
      guard logit > -.infinity, best.count < count || logit > least else { continue }
      let entry = TokenLogprob(id: Int32(id), logprob: logprob(logit))
      let place = best.firstIndex { $0.logprob < entry.logprob } ?? best.endIndex
      best.insert(entry, at: place)
      if best.count > count { best.removeLast() }
      if let last = best.last, best.count == count { least = logits[Int(last.id)] }
    }
    return best
  }
}
