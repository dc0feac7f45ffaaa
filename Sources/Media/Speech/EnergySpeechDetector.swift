internal import Glibc

/// Takes for speech what is clearly louder than the recording's background and rises and falls as
/// syllables do.
///
/// The level of a frame is its energy in dB between neighbouring samples' differences, which removes
/// hum and rumble. The background is the tenth percentile of the levels within 15 seconds on either
/// side; a frame is speech where its level is 9 dB or more above it. Steady sound of any loudness is
/// background to itself, so that noise and hum are silence. Music with beats is not: that takes a
/// trained detector.
///
/// - Source: the percentile as in Martin 2001, "Noise power spectral density estimation based on
///   optimal smoothing and minimum statistics".
/// - Complexity: O(frames), with four bytes of memory a frame: 450 kB an hour.
package final class EnergySpeechDetector: SpeechDetector {
  private var levels: [Float] = []
  private var pending: [Float] = []
  private var last: Float = 0

  /// Levels below are silence, whatever the background: 16-bit recordings have noise of -90 dB.
  private static let floor: Float = -65
  /// Above the background by which a frame is as likely speech as not, in dB: speech in a quiet
  /// office is 20 to 30 dB above it, in a car 5 to 10.
  private static let margin: Float = 9
  /// dB from probability 0.5 to 0.73: the logistic function's width.
  private static let width: Float = 1.5
  /// Frames on either side of a frame whose levels are its background.
  private static let reach = 15 * SoundDecoder.sampleRate / frameLength
  /// Frames between two estimates of the background: a quarter of a second.
  private static let interval = 8

  package init() {}

  package func append(_ samples: [Float]) -> [Float] {
    pending += samples
    var start = 0
    while pending.count - start >= Self.frameLength {
      append(frame: pending[start..<start + Self.frameLength])
      start += Self.frameLength
    }
    pending.removeFirst(start)
    return []
  }

  private func append(frame: ArraySlice<Float>) {
    var energy: Float = 0
    for sample in frame {
      let difference = sample - last
      energy += difference * difference
      last = sample
    }
    levels.append(max(-120, 10 * log10f(max(1e-12, energy / Float(frame.count)))))
  }

  package func finish() -> [Float] {
    if !pending.isEmpty { append(frame: pending[...]) }
    pending = []
    return levels.indices.map { index in
      let level = smoothed(index)
      guard level > Self.floor else { return 0 }
      let above = level - background(index / Self.interval * Self.interval) - Self.margin
      return 1 / (1 + expf(-above / Self.width))
    }
  }

  /// The mean level of a frame and its neighbours, so that a click is not a syllable.
  private func smoothed(_ index: Int) -> Float {
    let range = max(0, index - 1)...min(levels.count - 1, index + 1)
    return levels[range].reduce(0, +) / Float(range.count)
  }

  private var known: (index: Int, level: Float)?

  private func background(_ index: Int) -> Float {
    if let known, known.index == index { return known.level }
    let near = levels[max(0, index - Self.reach)..<min(levels.count, index + Self.reach)].sorted()
    let level = near[near.count / 10]
    known = (index, level)
    return level
  }
}
