internal import Glibc

/// A low-pass filter by which samples at one rate become samples at another: a sinc under a Kaiser
/// window, tabulated at the positions between two samples at which results lie.
///
/// With `c` the cut-off in cycles per input sample and `w` half the length, both from the rates,
/// `h(t) = 2c · sinc(2c · t) · I₀(β √(1 - (t/w)²)) / I₀(β)`, 0 beyond `w`.
///
/// The pass-band reaches 92.5 % of the lower of the two Nyquist frequencies (7.4 kHz for results at
/// 16 kHz), where it is flat within 0.0001 dB; from that Nyquist frequency on, everything is
/// attenuated by at least 100 dB, so nothing is heard as an alias.
///
/// - Source: Kaiser 1974, "Nonrecursive digital filter design using the I₀-sinh window function":
///   `β = 0.1102 (A - 8.7)` and the length `(A - 7.95) / (2.285 Δω)`; Smith 2002, "Digital audio
///   resampling", for the table with linear interpolation.
struct ResamplingFilter: Sendable {
  /// Attenuation of the stop-band in dB.
  static let attenuation = 100.0
  /// The end of the pass-band, as a share of the lower Nyquist frequency.
  static let passBand = 0.925
  /// The most positions that are tabulated.
  ///
  /// Between 1,024 positions, linear interpolation errs by at most (π / 1024)² / 8, or -118 dB.
  static let positionLimit = 1_024

  /// Results for each group of `decimation` samples.
  let interpolation: Int
  let decimation: Int
  /// Samples that a result needs up to and including the one at or before its position.
  let halfLength: Int
  /// Coefficients of one position: `2 · halfLength`, padded with zeros to a multiple of 8.
  let stride: Int
  /// Tabulated positions from one sample to the next, without the second sample.
  let positionCount: Int
  /// `[positionCount + 1, stride]`; coefficient j of a position is for sample `j - halfLength + 1`.
  let coefficients: [Float]

  /// - Precondition: both rates are positive.
  init(from inputRate: Int, to outputRate: Int) {
    let divisor = Self.greatestCommonDivisor(inputRate, outputRate)
    interpolation = outputRate / divisor
    decimation = inputRate / divisor
    // In cycles per input sample.
    let nyquist = Double(min(inputRate, outputRate)) / 2 / Double(inputRate)
    let transition = 2 * Double.pi * nyquist * (1 - Self.passBand)
    let halfWidth = ((Self.attenuation - 7.95) / (2.285 * transition)) / 2
    let half = Int(halfWidth.rounded(.up))
    let stride = (2 * half + 7) / 8 * 8
    let positionCount = min(interpolation, Self.positionLimit)
    let cutOff = nyquist * (1 + Self.passBand) / 2
    let beta = 0.1102 * (Self.attenuation - 8.7)
    let scale = 2 * cutOff / Self.bessel(beta)
    var coefficients = [Float](repeating: 0, count: (positionCount + 1) * stride)
    for position in 0...positionCount {
      let fraction = Double(position) / Double(positionCount)
      for index in 0..<2 * half {
        let time = fraction - Double(index - half + 1)
        guard abs(time) < halfWidth else { continue }
        let ratio = time / halfWidth
        let window = Self.bessel(beta * (1 - ratio * ratio).squareRoot())
        coefficients[position * stride + index] = Float(
          scale * Self.sinc(2 * cutOff * time) * window)
      }
    }
    halfLength = half
    self.stride = stride
    self.positionCount = positionCount
    self.coefficients = coefficients
  }

  /// `sin(πx) / πx`.
  private static func sinc(_ x: Double) -> Double {
    x == 0 ? 1 : sin(Double.pi * x) / (Double.pi * x)
  }

  /// The modified Bessel function I₀ by its power series, `Σ ((x/2)^k / k!)²`, to full precision.
  private static func bessel(_ x: Double) -> Double {
    var (sum, term, k) = (1.0, 1.0, 1.0)
    while term > sum * 1e-17 {
      term *= (x / 2 / k) * (x / 2 / k)
      sum += term
      k += 1
    }
    return sum
  }

  private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }
}
