internal import Glibc

/// The discrete Fourier transform of real numbers, for several sequences at once, one a lane.
///
/// `X[k] = Σ_n x[n] · exp(-2πi · k · n / N)` for k from 0 to N/2. The even and odd samples are the
/// real and imaginary parts of a complex sequence of half the length, whose transform is computed
/// with radices 5, 4, 3 and 2 and then separated. The lanes do not influence each other.
///
/// - Source: Stockham 1966 for the order without bit reversal; Cooley and Tukey 1965; Sorensen et
///   al. 1987, "Real-valued fast Fourier transform algorithms", for the separation.
/// - Accuracy: Float64, relative to the root mean square of X within about 1e-15.
struct RealFourierTransform: Sendable {
  typealias Lanes = SIMD4<Double>

  /// N, an even product of 2, 3 and 5.
  let length: Int
  /// N/2 + 1.
  var binCount: Int { length / 2 + 1 }

  private let radices: [Int]
  /// `exp(-2πi · j / N)`.
  private let cosines: [Double]
  private let sines: [Double]

  /// - Precondition: `length` is even, and half of it is a product of 2, 3 and 5.
  init(length: Int) {
    self.length = length
    var (rest, radices) = (length / 2, [Int]())
    for radix in [5, 4, 3, 2] {
      while rest % radix == 0 {
        radices.append(radix)
        rest /= radix
      }
    }
    precondition(length.isMultiple(of: 2) && rest == 1, "the length is a product of 2, 3 and 5")
    self.radices = radices
    let angles = (0..<length).map { -2 * Double.pi * Double($0) / Double(length) }
    cosines = angles.map { cos($0) }
    sines = angles.map { sin($0) }
  }

  /// Memory of a transform, used again for each.
  struct Workspace {
    fileprivate var real: [Lanes]
    fileprivate var imaginary: [Lanes]
    fileprivate var otherReal: [Lanes]
    fileprivate var otherImaginary: [Lanes]

    init(_ transform: RealFourierTransform) {
      real = [Lanes](repeating: .zero, count: transform.length / 2)
      (imaginary, otherReal, otherImaginary) = (real, real, real)
    }
  }

  /// Computes `|X[k]|²`.
  ///
  /// - Parameters:
  ///   - samples: `length` samples of each lane.
  ///   - workspace: of this transform.
  ///   - power: `binCount` results of each lane; overwritten.
  func power(of samples: [Lanes], _ workspace: inout Workspace, into power: inout [Lanes]) {
    let half = length / 2
    for index in 0..<half {
      workspace.real[index] = samples[2 * index]
      workspace.imaginary[index] = samples[2 * index + 1]
    }
    transform(&workspace)
    for bin in 0...half {
      let (i, j) = (bin % half, (half - bin) % half)
      let (a, b) = (workspace.real[i], workspace.imaginary[i])
      let (c, d) = (workspace.real[j], -workspace.imaginary[j])
      let (evenReal, evenImaginary) = ((a + c) * 0.5, (b + d) * 0.5)
      let (oddReal, oddImaginary) = ((b - d) * 0.5, (c - a) * 0.5)
      // exp(-2πi · N/2 / N) = -1.
      let (w, v) = (cosines[bin], sines[bin])
      let real = evenReal + oddReal * w - oddImaginary * v
      let imaginary = evenImaginary + oddReal * v + oddImaginary * w
      power[bin] = real * real + imaginary * imaginary
    }
  }

  /// The complex transform of length N/2, in place.
  private func transform(_ workspace: inout Workspace) {
    var (count, stride) = (length / 2, 1)
    for radix in radices {
      step(&workspace, radix: radix, count: count, stride: stride)
      swap(&workspace.real, &workspace.otherReal)
      swap(&workspace.imaginary, &workspace.otherImaginary)
      count /= radix
      stride *= radix
    }
  }

  /// One step of Stockham's algorithm: from `stride` interleaved sequences of `count` numbers to
  /// `stride · radix` of `count / radix`.
  private func step(_ workspace: inout Workspace, radix: Int, count: Int, stride: Int) {
    let part = count / radix
    var (re, im) = (
      [Lanes](repeating: .zero, count: radix), [Lanes](repeating: .zero, count: radix)
    )
    for p in 0..<part {
      for q in 0..<stride {
        for k in 0..<radix {
          let index = q + stride * (p + part * k)
          (re[k], im[k]) = (workspace.real[index], workspace.imaginary[index])
        }
        for j in 0..<radix {
          var (sumReal, sumImaginary) = (re[0], im[0])
          for k in 1..<radix {
            // exp(-2πi · j · k / radix), from the table of N entries.
            let entry = j * k % radix * (length / radix)
            let (w, v) = (cosines[entry], sines[entry])
            sumReal += re[k] * w - im[k] * v
            sumImaginary += re[k] * v + im[k] * w
          }
          // exp(-2πi · p · j / count), where count · stride is N/2.
          let entry = 2 * stride * p * j % length
          let (w, v) = (cosines[entry], sines[entry])
          let target = q + stride * (radix * p + j)
          workspace.otherReal[target] = sumReal * w - sumImaginary * v
          workspace.otherImaginary[target] = sumReal * v + sumImaginary * w
        }
      }
    }
  }
}
