/// The parameters of fitting a K-quant superblock of 256 numbers.
struct SuperblockFitParameters {
  /// Sub-blocks and numbers in each.
  let subBlockCount: Int
  var subBlockSize: Int { 256 / subBlockCount }
  let quants: QuantRange
  /// The integers that scales (and minima) are stored as.
  let scales: ClosedRange<Float>
  /// The weight of a number's error.
  let weighting: Weighting

  /// The weight of the squared error of a number x in a sub-block of mean square s.
  enum Weighting {
    /// `√s + |x|`: large numbers matter somewhat more.
    case magnitude
    /// `s / 2 + x²`: they matter much more; for formats whose small numbers are exact enough
    /// anyway.
    case square
  }

  static let q4K = SuperblockFitParameters(
    subBlockCount: 8, quants: QuantRange(lowest: 0, highest: 15, minimum: .notNegative),
    scales: 0...63, weighting: .magnitude)
  static let q5K = SuperblockFitParameters(
    subBlockCount: 8, quants: QuantRange(lowest: 0, highest: 31, minimum: .notNegative),
    scales: 0...63, weighting: .magnitude)
  static let q6K = SuperblockFitParameters(
    subBlockCount: 16, quants: QuantRange(lowest: -32, highest: 31, minimum: .none),
    scales: -128...127, weighting: .square)
}

/// Finds scales, minima and quants of superblocks: `x ≈ (d · scale_j) · q - dmin · min_j` with
/// small integers scale_j, min_j and q.
///
/// Each sub-block is fitted by itself (``WeightedNumbers/search(_:)``). Then d and dmin are the
/// largest fit over the largest integer, and each sub-block tries the integers around its own fit
/// with the real d and dmin; d and dmin are solved anew for the integers chosen, and the integers
/// are tried again. The memory is reused: one fitter a thread.
final class SuperblockFitter {
  /// One sub-block's integers, and the sums that they give.
  private struct Choice {
    var scale: Float
    var minimum: Float
    var sums: FitSums
  }

  private let shape: SuperblockFitParameters
  private let weights = UnsafeMutablePointer<Float>.allocate(capacity: 256)
  private var fits: [BlockFit]
  private var choices: [Choice]

  /// The scale of the scales and of the minima.
  private(set) var d = Float16.zero
  private(set) var dmin = Float16.zero
  /// The quants, 256.
  let quants = UnsafeMutablePointer<Int8>.allocate(capacity: 256)

  init(_ shape: SuperblockFitParameters) {
    self.shape = shape
    let none = FitSums(error: 0, q: 0, qq: 0, xq: 0)
    fits = .init(repeating: BlockFit(scale: 0, minimum: 0), count: shape.subBlockCount)
    choices = .init(
      repeating: Choice(scale: 0, minimum: 0, sums: none), count: shape.subBlockCount)
  }

  deinit {
    weights.deallocate()
    quants.deallocate()
  }

  /// The integer scale and minimum of a sub-block.
  func scale(_ subBlock: Int) -> Int32 { Int32(choices[subBlock].scale) }
  func minimum(_ subBlock: Int) -> Int32 { Int32(choices[subBlock].minimum) }

  /// Fits 256 finite numbers.
  ///
  /// - Returns: false when they are too large for a Float16 scale.
  func fit(_ x: UnsafePointer<Float>) -> Bool {
    for subBlock in 0..<shape.subBlockCount {
      weigh(x, subBlock)
      fits[subBlock] = numbers(x, subBlock).search(shape.quants)
    }
    chooseSuperScales()
    guard d.isFinite, dmin.isFinite else { return false }
    chooseIntegers(x)
    if solveSuperScales(x) { chooseIntegers(x) }
    quantize(x)
    return true
  }

  private func numbers(_ x: UnsafePointer<Float>, _ subBlock: Int) -> WeightedNumbers {
    let start = subBlock * shape.subBlockSize
    return WeightedNumbers(x + start, weights: weights + start, count: shape.subBlockSize)
  }

  private func weigh(_ x: UnsafePointer<Float>, _ subBlock: Int) {
    let size = shape.subBlockSize
    let range = (subBlock * size)..<(subBlock * size + size)
    var squares: Float = 0
    for index in range { squares += x[index] * x[index] }
    let meanSquare = squares / Float(size)
    for index in range {
      weights[index] =
        switch shape.weighting {
        case .magnitude: meanSquare.squareRoot() + abs(x[index])
        case .square: meanSquare / 2 + x[index] * x[index]
        }
    }
  }

  /// d and dmin such that every fit is within the integers.
  private func chooseSuperScales() {
    var (largest, largestMinimum): (Float, Float) = (0, 0)
    for fit in fits {
      if abs(fit.scale) > abs(largest) { largest = fit.scale }
      largestMinimum = max(largestMinimum, fit.minimum)
    }
    let (low, high) = (shape.scales.lowerBound, shape.scales.upperBound)
    // Where scales have a sign, the lower bound is the larger magnitude.
    d = Float16(largest / (low < 0 ? low : high))
    dmin = Float16(largestMinimum / high)
  }

  private func chooseIntegers(_ x: UnsafePointer<Float>) {
    let (d, dmin) = (Float(d), Float(dmin))
    for subBlock in 0..<shape.subBlockCount {
      let numbers = numbers(x, subBlock)
      let fit = fits[subBlock]
      let nearest = held(d == 0 ? 0 : fit.scale / d)
      var best: Choice?
      for step: Float in [0, -1, 1] {
        let scale = held(nearest + step)
        var minima: ClosedRange<Float> = 0...0
        if shape.quants.minimum != .none {
          let sums = numbers.measure(
            BlockFit(scale: scale * d, minimum: fit.minimum), shape.quants)
          // The best minimum for these quants and this scale.
          let minimum = max(0, (scale * d * sums.q - numbers.xSum) / numbers.weightSum)
          let integer = held(dmin == 0 || numbers.weightSum == 0 ? 0 : minimum / dmin)
          minima = held(integer - 1)...held(integer + 1)
        }
        for minimum in stride(from: minima.lowerBound, through: minima.upperBound, by: 1) {
          let sums = numbers.measure(
            BlockFit(scale: scale * d, minimum: minimum * dmin), shape.quants)
          if sums.error < best?.sums.error ?? .infinity {
            best = Choice(scale: scale, minimum: minimum, sums: sums)
          }
        }
      }
      if let best { choices[subBlock] = best }
    }
  }

  /// The nearest integer that a scale can be.
  private func held(_ value: Float) -> Float {
    min(max(value, shape.scales.lowerBound), shape.scales.upperBound).rounded()
  }

  /// d and dmin of least weighted squared error for the integers chosen, by the normal equations.
  ///
  /// - Returns: whether they changed.
  private func solveSuperScales(_ x: UnsafePointer<Float>) -> Bool {
    // x ≈ d · a - dmin · b with a = scale · q and b = min.
    var (aa, bb, ab, ax, bx): (Float, Float, Float, Float, Float) = (0, 0, 0, 0, 0)
    for subBlock in 0..<shape.subBlockCount {
      let numbers = numbers(x, subBlock)
      let choice = choices[subBlock]
      aa += choice.scale * choice.scale * choice.sums.qq
      bb += choice.minimum * choice.minimum * numbers.weightSum
      ab += choice.scale * choice.minimum * choice.sums.q
      ax += choice.scale * choice.sums.xq
      bx += choice.minimum * numbers.xSum
    }
    guard aa > 0 else { return false }
    let old = (d, dmin)
    let determinant = aa * bb - ab * ab
    if bb == 0 {
      d = Float16(ax / aa)
    } else if determinant > 1e-6 * aa * bb {
      let (scale, minimum) = (
        (ax * bb - bx * ab) / determinant, (ax * ab - aa * bx) / determinant
      )
      if scale > 0, minimum >= 0 { (d, dmin) = (Float16(scale), Float16(minimum)) }
    }
    guard d.isFinite, dmin.isFinite, (d, dmin) != old else {
      (d, dmin) = old
      return false
    }
    for subBlock in fits.indices {
      fits[subBlock] = BlockFit(
        scale: choices[subBlock].scale * Float(d), minimum: choices[subBlock].minimum * Float(dmin)
      )
    }
    return true
  }

  private func quantize(_ x: UnsafePointer<Float>) {
    for subBlock in 0..<shape.subBlockCount {
      let scale = choices[subBlock].scale * Float(d)
      let minimum = choices[subBlock].minimum * Float(dmin)
      let inverse = scale == 0 ? 0 : 1 / scale
      for index in stride(from: 0, to: shape.subBlockSize, by: 8) {
        let start = subBlock * shape.subBlockSize + index
        let q = nearest((eight(x + start) + minimum) * inverse, shape.quants)
        for lane in 0..<8 { quants[start + lane] = Int8(q[lane]) }
      }
    }
  }
}
