internal import Glibc
internal import Kernels

/// Log-probabilities of logits: `log p = x - max - log Σ exp(x - max)`.
struct LogProbabilities {
  /// `max + log Σ exp(x - max)`.
  let normalizer: Double

  /// - Parameter logits: at least one is finite; -∞ has no probability.
  init(_ logits: ArraySlice<Float>) {
    let largest = largestElement(logits.span)
    normalizer = Double(largest) + log(sumOfExponentials(logits.span, largest: largest))
  }

  init(_ logits: [Float]) { self.init(logits[...]) }

  /// The log-probability of a logit, rounded to Float32.
  func of(_ logit: Float) -> Float { Float(Double(logit) - normalizer) }
}

extension [Float] {
  /// The index of the largest number, of equal ones the first.
  var indexOfLargest: Int {
    indexOfLargestElement(span)
  }

  /// The indices of the `count` largest numbers, largest first, of equal ones the first first.
  func indicesOfLargest(_ count: Int) -> [Int] { indicesOfLargestElements(span, count: count) }
}

/// `e^x` of a log-probability.
func exponential(_ logProbability: Float) -> Double { exp(Double(logProbability)) }

/// `x^y`.
func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }
