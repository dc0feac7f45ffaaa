/// Tells speech from other sound along one recording.
package protocol SpeechDetector: AnyObject {
  /// Takes the next samples.
  ///
  /// - Parameter samples: at 16 kHz, from -1 to 1.
  /// - Returns: the probability of speech of further frames, in order.
  func append(_ samples: [Float]) -> [Float]

  /// Ends the recording.
  ///
  /// - Returns: the probabilities of the remaining frames.
  func finish() -> [Float]
}

extension SpeechDetector {
  /// Samples of a frame: 32 ms.
  package static var frameLength: Int { 512 }
}
