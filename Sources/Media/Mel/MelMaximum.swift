/// The greatest value of a recording's log-mel frames, which the frames are normalised with.
///
/// It takes a pass over the recording of its own when frames are computed window by window. A frame
/// that is too quiet to contain a greater value than the greatest so far is not transformed:
/// by Parseval's theorem `Σ_k |X[k]|² ≤ N · Σ_n (w[n] x[n])²`, and no band is above that sum times its
/// greatest weight. The result has the same bits as ``MelSpectrogram/maximum``.
package struct MelMaximum {
  private var spectrogram: MelSpectrogram

  /// - Parameter bandCount: 80 or 128, as the model says.
  package init(bandCount: Int) {
    spectrogram = MelSpectrogram(bandCount: bandCount)
    spectrogram.keepsMaximumOnly = true
  }

  /// Takes the next samples.
  package mutating func append(_ samples: [Float]) { _ = spectrogram.append(samples) }

  /// Ends the recording.
  ///
  /// - Returns: the greatest value of all frames; -∞ where there is none.
  package mutating func finish() -> Float {
    _ = spectrogram.finish()
    return spectrogram.maximum
  }
}
