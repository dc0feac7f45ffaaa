internal import Glibc

/// Log-probabilities of logits: `log p = x - max - log Σ exp(x - max)`.
struct LogProbabilities {
  /// `max + log Σ exp(x - max)`.
  let normalizer: Double

  /// - Parameter logits: at least one is finite; -∞ has no probability.
  init(_ logits: ArraySlice<Float>) {
    let largest = logits.max() ?? 0
    var sum = 0.0
    // Terms below e⁻⁸⁷ are zero in Float32 and are not needed in a sum that is at least 1.
    for logit in logits where logit - largest > -87 { sum += Double(expf(logit - largest)) }
    normalizer = Double(largest) + log(sum)
  }

  init(_ logits: [Float]) { self.init(logits[...]) }

  /// The log-probability of a logit, rounded to Float32.
  func of(_ logit: Float) -> Float { Float(Double(logit) - normalizer) }
}

extension [Float] {
  /// The index of the largest number, of equal ones the first.
  var indexOfLargest: Int {
    var best = 0
    for index in indices where self[index] > self[best] { best = index }
    return best
  }

  /// The indices of the `count` largest numbers, largest first, of equal ones the first first.
  func indicesOfLargest(_ count: Int) -> [Int] {
    var best: [Int] = []
    best.reserveCapacity(count + 1)
    for index in indices {
      if best.count == count, let last = best.last, self[index] <= self[last] { continue }
      var place = best.count
      while place > 0, self[index] > self[best[place - 1]] { place -= 1 }
      best.insert(index, at: place)
      if best.count > count { best.removeLast() }
    }
    return best
  }
}

/// `e^x` of a log-probability.
func exponential(_ logProbability: Float) -> Double { exp(Double(logProbability)) }

/// `x^y`.
func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }
