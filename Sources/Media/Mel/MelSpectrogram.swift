internal import Glibc

/// Whisper's input: the logarithm of the energy in 80 or 128 mel bands, every 10 ms.
///
/// Frame t is the samples from `160 t - 200` to `160 t + 199` under a periodic Hann window; samples
/// before the first and after the last are reflected. Of n samples there are `n / 160` frames. A
/// band of a frame is `log₁₀(max(10⁻¹⁰, Σ weight · |X|²))`, and then, with the greatest value g of
/// the whole recording, `(max(value, g - 8) + 4) / 4`.
///
/// Samples are appended in pieces and frames come out as soon as they are complete; the second rule
/// needs the whole recording, so it is a step of its own, `normalize`.
///
/// - Source: openai-whisper 20250625, `whisper/audio.py`, `log_mel_spectrogram`; Radford et al.
///   2022, arXiv:2212.04356, section 2.2.
/// - Accuracy: computed in Float64 and rounded once. openai-whisper computes in Float32 and differs
///   by up to 4e-5 from its own code in Float64, in bands 80 dB below the loudest.
package struct MelSpectrogram {
  /// Samples of a frame.
  package static let windowLength = 400
  /// Samples from one frame to the next.
  package static let hopLength = 160

  /// Bands of a frame.
  package let bandCount: Int
  /// The greatest value so far: that of all frames that were returned.
  package private(set) var maximum = -Float.infinity

  private let transform = RealFourierTransform(length: windowLength)
  private let filters: MelFilters
  private let window: [Double]
  private var workspace: RealFourierTransform.Workspace
  private var samples = [RealFourierTransform.Lanes](repeating: .zero, count: windowLength)
  private var power: [RealFourierTransform.Lanes]

  /// Samples from `bufferStart` on; before sample 0, the reflected ones.
  private var buffer: [Float] = []
  private var bufferStart = 0
  private var sampleCount = 0
  private var frameCount = 0

  /// Frames before this one are not computed and not returned.
  package var firstFrame = 0
  /// Whether frames are computed for their greatest value alone; see ``MelMaximum``.
  var keepsMaximumOnly = false
  /// The greatest sum of a band, of which ``maximum`` is the logarithm.
  private var greatestSum = -1.0
  /// No band of a frame is above this many times the energy of its samples under the window.
  private let greatestShare: Double

  /// - Parameter bandCount: 80 for Whisper's models up to large-v2, 128 for large-v3 and turbo.
  package init(bandCount: Int) {
    self.bandCount = bandCount
    filters = MelFilters(
      count: bandCount, binCount: transform.binCount, sampleRate: SoundDecoder.sampleRate)
    window = (0..<Self.windowLength).map {
      0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(Self.windowLength))
    }
    // The bound of Parseval, with room for rounding.
    greatestShare =
      (filters.filters.flatMap(\.weights).max() ?? 0) * Double(Self.windowLength) * 1.000_001
    workspace = RealFourierTransform.Workspace(transform)
    power = [RealFourierTransform.Lanes](repeating: .zero, count: transform.binCount)
  }

  /// Takes the next samples and returns the frames that are complete.
  ///
  /// - Parameter more: at 16 kHz, from -1 to 1.
  /// - Returns: `[frames, bandCount]`, row-major, before normalisation.
  package mutating func append(_ more: [Float]) -> [Float] {
    buffer += more
    sampleCount += more.count
    // The first frames need as many samples as they reflect.
    guard sampleCount > Self.windowLength / 2 else { return [] }
    return frames(upTo: (sampleCount - Self.windowLength / 2) / Self.hopLength + 1)
  }

  /// The remaining frames, which reflect the end.
  ///
  /// - Returns: as `append`.
  package mutating func finish() -> [Float] { frames(upTo: sampleCount / Self.hopLength) }

  /// Applies the rule of the whole recording.
  ///
  /// - Parameters:
  ///   - frames: what `append` and `finish` returned; changed in place.
  ///   - maximum: of all frames of the recording.
  package static func normalize(_ frames: inout [Float], maximum: Float) {
    let floor = maximum - 8
    for index in frames.indices { frames[index] = (max(frames[index], floor) + 4) / 4 }
  }

  // MARK: Frames

  private mutating func frames(upTo end: Int) -> [Float] {
    var result: [Float] = []
    frameCount = max(frameCount, min(firstFrame, end))
    result.reserveCapacity(keepsMaximumOnly ? 0 : max(0, end - frameCount) * bandCount)
    while frameCount < end {
      let count = min(RealFourierTransform.Lanes.scalarCount, end - frameCount)
      appendFrames(count, to: &result)
      frameCount += count
    }
    let unused = min(
      buffer.count, frameCount * Self.hopLength - Self.windowLength / 2 - bufferStart)
    // The end reflects up to 200 samples before the last.
    if unused > Self.windowLength {
      buffer.removeFirst(unused - Self.windowLength)
      bufferStart += unused - Self.windowLength
    }
    return result
  }

  /// Computes up to one frame a lane.
  private mutating func appendFrames(_ count: Int, to result: inout [Float]) {
    for lane in 0..<count {
      let start = (frameCount + lane) * Self.hopLength - Self.windowLength / 2
      for index in 0..<Self.windowLength {
        samples[index][lane] = Double(sample(start + index)) * window[index]
      }
    }
    if keepsMaximumOnly && isBelowMaximum(count) { return }
    transform.power(of: samples, &workspace, into: &power)
    for lane in 0..<count {
      for filter in filters.filters {
        var sum = 0.0
        for (index, weight) in filter.weights.enumerated() {
          sum += weight * power[filter.firstBin + index][lane]
        }
        if keepsMaximumOnly && sum <= greatestSum { continue }
        greatestSum = max(greatestSum, sum)
        let value = Float(log10(max(1e-10, sum)))
        maximum = max(maximum, value)
        if !keepsMaximumOnly { result.append(value) }
      }
    }
  }

  /// Whether the energy of the samples excludes a greater sum than the greatest so far.
  private func isBelowMaximum(_ count: Int) -> Bool {
    guard maximum > -.infinity else { return false }
    var energy = RealFourierTransform.Lanes.zero
    for values in samples { energy += values * values }
    return (0..<count).allSatisfy { energy[$0] * greatestShare <= greatestSum }
  }

  /// Sample `index`, reflected at both ends.
  private func sample(_ index: Int) -> Float {
    if index >= 0 && index < sampleCount { return buffer[index - bufferStart] }
    // A recording shorter than the window is reflected several times; one sample is a constant.
    let period = 2 * (sampleCount - 1)
    guard period > 0 else { return buffer[0] }
    let position = ((index % period) + period) % period
    return buffer[min(position, period - position) - bufferStart]
  }
}
