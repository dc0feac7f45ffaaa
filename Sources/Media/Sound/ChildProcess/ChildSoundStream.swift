internal import Bytes

/// The samples that a decoding process writes, while it runs.
final class ChildSoundStream: SoundStream {
  let format: SoundFormat
  let fileSampleRate: Int
  let fileChannelCount: Int
  private(set) var seconds = 0.0
  private(set) var remark: String?

  private var pipe: MessagePipe
  private let limits: SoundLimits
  private var sampleCount = 0
  private var hasEnded = false

  /// Starts the process and reads the header of the recording.
  init(_ configuration: SoundChildProcess, path: String) throws(SoundError) {
    var pipe = try MessagePipe(
      configuration.command + [path], seconds: configuration.seconds)
    switch try pipe.next() {
    case .header(let format, let sampleRate, let channelCount):
      try configuration.limits.check(channelCount: channelCount, sampleRate: sampleRate)
      (self.format, fileSampleRate, fileChannelCount) = (format, sampleRate, channelCount)
    case .failure(let error): throw error
    case .samples, .end: throw .decoderEnded("its first message is not a header")
    }
    self.pipe = pipe
    limits = configuration.limits
  }

  func next() throws(SoundError) -> [Float]? {
    while !hasEnded {
      switch try pipe.next() {
      case .samples(let samples):
        sampleCount += samples.count
        seconds = Double(sampleCount) / Double(SoundDecoder.sampleRate)
        // A second more, for the rounding of a block.
        guard seconds <= Double(limits.maximumSeconds + 1) else {
          throw .tooLong(limitSeconds: limits.maximumSeconds)
        }
        if !samples.isEmpty { return samples }
      case .end(let remark):
        self.remark = remark
        hasEnded = true
      case .failure(let error):
        hasEnded = true
        throw error
      case .header: throw .decoderEnded("it wrote a second header")
      }
    }
    return nil
  }
}

/// Splits the output of a process into messages.
private struct MessagePipe {
  private var output: ChildOutput
  private var hasPreamble = false

  init(_ arguments: [String], seconds: Int) throws(SoundError) {
    output = try ChildOutput(ChildProcess.Configuration(arguments), stallSeconds: seconds)
  }

  /// The next message.
  ///
  /// - Throws: `SoundError.decoderEnded` where the stream is not one.
  mutating func next() throws(SoundError) -> SoundMessage {
    if !hasPreamble {
      guard try take(SoundMessage.preamble.count) == SoundMessage.preamble else {
        throw misunderstood()
      }
      hasPreamble = true
    }
    let head = try take(5)
    let byteCount = (0..<4).reduce(0) { $0 | Int(head[1 + $1]) << (8 * $1) }
    guard byteCount <= SoundMessage.contentLimit else { throw misunderstood() }
    guard let message = SoundMessage(kind: head[0], content: try take(byteCount)) else {
      throw misunderstood()
    }
    return message
  }

  private func misunderstood() -> SoundError {
    output.stop()
    return .decoderEnded("its message cannot be understood")
  }

  /// The next `byteCount` bytes.
  private mutating func take(_ byteCount: Int) throws(SoundError) -> [UInt8] {
    guard try output.require(byteCount) else {
      switch try output.ending() {
      case .exited(let status):
        throw .decoderEnded("it exited with status \(status) within a message")
      case .killed(let signal): throw .decoderEnded("it was killed by signal \(signal)")
      }
    }
    return output.take(byteCount)
  }
}
