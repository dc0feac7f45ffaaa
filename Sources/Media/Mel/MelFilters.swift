internal import Glibc

/// Triangular filters on Slaney's mel scale, each with the same area.
///
/// The scale is linear below 1 kHz (15 mels) and logarithmic above: `m = 3f / 200` and
/// `m = 15 + 27 · ln(f / 1000) / ln 6.4`. Filter i is a triangle from point i over point i + 1 to
/// point i + 2, where the points divide the range from 0 to 8 kHz evenly in mels, and is scaled by
/// `2 / (f[i + 2] - f[i])`.
///
/// - Source: Slaney 1998, "Auditory Toolbox", version 2; librosa `filters.mel`, with which
///   openai-whisper's `mel_filters.npz` was made. Weights are rounded to Float32 as there, and
///   differ from it by at most one unit in the last place.
struct MelFilters: Sendable {
  /// A filter's weights, without the zeros before and after.
  struct Filter: Sendable {
    let firstBin: Int
    let weights: [Double]
  }

  let filters: [Filter]

  /// - Parameters:
  ///   - count: filters.
  ///   - binCount: bins of the spectrum, from 0 to half the sample rate.
  ///   - sampleRate: in Hz.
  init(count: Int, binCount: Int, sampleRate: Int) {
    let nyquist = Double(sampleRate) / 2
    let top = Self.mels(nyquist)
    let points = (0..<count + 2).map { Self.hertz(top * Double($0) / Double(count + 1)) }
    filters = (0..<count).map { index in
      let (low, middle, high) = (points[index], points[index + 1], points[index + 2])
      let weights = (0..<binCount).map { bin -> Double in
        let frequency = nyquist * Double(bin) / Double(binCount - 1)
        let rise = (frequency - low) / (middle - low)
        let fall = (high - frequency) / (high - middle)
        return Double(Float(max(0, min(rise, fall)) * 2 / (high - low)))
      }
      let first = weights.firstIndex { $0 > 0 } ?? 0
      let end = (weights.lastIndex { $0 > 0 } ?? -1) + 1
      return Filter(firstBin: first, weights: Array(weights[min(first, end)..<end]))
    }
  }

  private static func mels(_ hertz: Double) -> Double {
    hertz < 1_000 ? 3 * hertz / 200 : 15 + 27 * log(hertz / 1_000) / log(6.4)
  }

  private static func hertz(_ mels: Double) -> Double {
    mels < 15 ? 200 * mels / 3 : 1_000 * exp((mels - 15) * log(6.4) / 27)
  }
}
