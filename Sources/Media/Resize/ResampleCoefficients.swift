/// The weights with which input samples of one axis add up to output samples, in fixed point.
///
/// Output sample i has its centre at `(i + 1/2) * scale` of the input. Its weights are those of the
/// filter there, stretched by `scale` where the picture becomes smaller, divided by their sum.
///
/// - Source: Pillow, `precompute_coeffs` and `normalize_coeffs_8bpc` of `Resample.c`. The order of
///   the Float64 operations is the same, so that the rounded weights are the same.
struct ResampleCoefficients {
  /// Fractional bits of a weight: 32, less 8 for the sample and 2 for sums outside of 0 to 1.
  static let precisionBits = 32 - 8 - 2

  /// The row length of `weights`: the largest number of input samples for one output sample.
  let rowLength: Int

  /// The first input sample of each output sample.
  let first: [Int]

  /// The number of input samples of each output sample.
  let count: [Int]

  /// `[outputs, rowLength]`, in units of 2^-22; zeros follow the last weight of a row.
  let weights: [Int32]

  /// The weights of the outputs in `range`, of `outputCount` in all.
  ///
  /// - Precondition: both counts are positive and `range` is within 0..<outputCount.
  init(inputCount: Int, outputCount: Int, range: Range<Int>) {
    let scale = Double(inputCount) / Double(outputCount)
    let filterScale = max(scale, 1)
    let support = 2 * filterScale
    let inverse = 1 / filterScale
    rowLength = Int(support.rounded(.up)) * 2 + 1
    var first: [Int] = []
    var count: [Int] = []
    var weights = [Int32](repeating: 0, count: range.count * rowLength)
    var row = [Double](repeating: 0, count: rowLength)
    for output in range {
      let center = (Double(output) + 0.5) * scale
      let lower = max(Int(center - support + 0.5), 0)
      let upper = min(Int(center + support + 0.5), inputCount)
      var sum = 0.0
      for index in 0..<(upper - lower) {
        row[index] = Self.bicubic((Double(index + lower) - center + 0.5) * inverse)
        sum += row[index]
      }
      let start = (output - range.lowerBound) * rowLength
      for index in 0..<(upper - lower) {
        let weight = sum != 0 ? row[index] / sum : row[index]
        weights[start + index] = Self.fixedPoint(weight)
      }
      first.append(lower)
      count.append(upper - lower)
    }
    self.first = first
    self.count = count
    self.weights = weights
  }

  /// Keys' cubic convolution with a = -1/2.
  ///
  /// - Source: Keys 1981, "Cubic convolution interpolation for digital image processing", eq. 15.
  private static func bicubic(_ distance: Double) -> Double {
    let a = -0.5
    let x = abs(distance)
    if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
    return 0
  }

  /// Rounded to the nearest unit, halves away from zero.
  private static func fixedPoint(_ weight: Double) -> Int32 {
    let scaled = weight * Double(1 << precisionBits)
    return Int32(weight < 0 ? -0.5 + scaled : 0.5 + scaled)
  }
}
