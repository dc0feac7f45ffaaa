/// The representation of a sub-block's numbers: `x ≈ scale · q - minimum`, q a small integer.
struct BlockFit {
  var scale: Float
  var minimum: Float
}

/// Which integers a format has, and what it allows as minimum.
struct QuantRange {
  enum Minimum {
    /// None: numbers are `scale · q`, the scale of either sign.
    case none
    /// Zero or more, so the least number is zero or less; the scale is not negative.
    case notNegative
    /// Any; the scale is not negative.
    case free
  }

  let lowest: Float
  let highest: Float
  let minimum: Minimum
}

/// Numbers of one sub-block, and how much a squared error of each counts.
struct WeightedNumbers {
  let x: UnsafePointer<Float>
  let weights: UnsafePointer<Float>
  /// A multiple of 8.
  let count: Int
  /// `Σ w` and `Σ w · x`.
  let weightSum: Float
  let xSum: Float

  init(_ x: UnsafePointer<Float>, weights: UnsafePointer<Float>, count: Int) {
    self.x = x
    self.weights = weights
    self.count = count
    var sums = (SIMD8<Float>.zero, SIMD8<Float>.zero)
    for index in stride(from: 0, to: count, by: 8) {
      let weight = eight(weights + index)
      sums.0 += weight
      sums.1 += weight * eight(x + index)
    }
    (weightSum, xSum) = (sums.0.sum(), sums.1.sum())
  }
}

/// The result of quantising with a fit: the weighted squared error, and the sums over the quants
/// that the next fit is solved from.
struct FitSums {
  /// The error: `Σ w · (scale · q - minimum - x)²`.
  var error: Float
  /// The sum `Σ w · q`.
  var q: Float
  /// The sum `Σ w · q²`.
  var qq: Float
  /// The sum `Σ w · x · q`.
  var xq: Float
}

extension WeightedNumbers {
  /// Quantises every number to the nearest integer of the range and adds up.
  func measure(_ fit: BlockFit, _ range: QuantRange) -> FitSums {
    let inverse = fit.scale == 0 ? 0 : 1 / fit.scale
    var (error, sum) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
    var (squares, products) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
    for index in stride(from: 0, to: count, by: 8) {
      let (x, weight) = (eight(x + index), eight(weights + index))
      let q = nearest((x + fit.minimum) * inverse, range)
      let deviation = q * fit.scale - fit.minimum - x
      let weighted = weight * q
      error += weight * deviation * deviation
      sum += weighted
      squares += weighted * q
      products += weighted * x
    }
    return FitSums(error: error.sum(), q: sum.sum(), qq: squares.sum(), xq: products.sum())
  }

  /// The fit of least weighted squared error for given quants, by the normal equations.
  func solve(_ sums: FitSums, _ range: QuantRange) -> BlockFit {
    let line = BlockFit(scale: sums.qq > 0 ? sums.xq / sums.qq : 0, minimum: 0)
    if case .none = range.minimum { return line }
    let determinant = weightSum * sums.qq - sums.q * sums.q
    // All quants equal: the scale is undetermined.
    guard determinant > 1e-6 * weightSum * sums.qq else { return line }
    let scale = (weightSum * sums.xq - xSum * sums.q) / determinant
    let minimum = (sums.q * sums.xq - sums.qq * xSum) / determinant
    if case .notNegative = range.minimum, minimum < 0 { return line }
    return BlockFit(scale: scale, minimum: minimum)
  }

  /// Searches the fit of least weighted squared error.
  ///
  /// From each of seven first scales (which let the range reach a little less or more far than the
  /// numbers do) it quantises and solves in turn, twice; the best fit met wins.
  ///
  /// - Source: the idea of ggml's k-quants, candidates refined by weighted least squares
  ///   (llama.cpp pull request 1684); the steps here are the project's own, and so are the first
  ///   scales, chosen on gaussian, heavy-tailed and MiniLM's weights.
  func search(_ range: QuantRange) -> BlockFit {
    var best: (fit: BlockFit, error: Float) = (BlockFit(scale: 0, minimum: 0), .infinity)
    let (least, most) = bounds
    for step in 0..<7 {
      var fit = start(step, range, least: least, most: most)
      for _ in 0..<3 {
        let sums = measure(fit, range)
        if sums.error < best.error { best = (fit, sums.error) }
        fit = solve(sums, range)
        if range.minimum != .none, fit.scale < 0 { break }
      }
    }
    return best.fit
  }

  /// The least and the largest number.
  private var bounds: (Float, Float) {
    var (least, most) = (x[0], x[0])
    for index in 1..<count {
      least = min(least, x[index])
      most = max(most, x[index])
    }
    return (least, most)
  }

  /// The first fit of a search, `step` 0..<7.
  private func start(
    _ step: Int, _ range: QuantRange, least: Float, most: Float
  ) -> BlockFit {
    let shift = Float(step) / 2
    if case .none = range.minimum {
      // The number of largest magnitude takes the lowest integer, which has the larger magnitude.
      let largest = abs(least) > most ? least : most
      return BlockFit(scale: largest / (range.lowest + 1 - shift), minimum: 0)
    }
    let first = range.minimum == .notNegative ? min(least, 0) : least
    return BlockFit(scale: (most - first) / (range.highest - 2 + shift), minimum: -first)
  }
}

/// The nearest integer of the range for each lane, ties to even.
@inline(__always)
func nearest(_ value: SIMD8<Float>, _ range: QuantRange) -> SIMD8<Float> {
  // 1.5 · 2²³: adding it leaves no bits for a fraction, in numbers below 2²².
  let rounder: Float = 12_582_912
  var held = value.replacing(with: range.lowest, where: value .< range.lowest)
  held = held.replacing(with: range.highest, where: held .> range.highest)
  return (held + rounder) - rounder
}

/// Eight numbers from memory.
@inline(__always)
func eight(_ pointer: UnsafePointer<Float>) -> SIMD8<Float> {
  UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self)
}
