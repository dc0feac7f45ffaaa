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
  private let process: ChildProcess
  private let seconds: Int
  private var pending: [UInt8] = []
  private var position = 0
  private var chunk = [UInt8](repeating: 0, count: 65_536)
  private var hasPreamble = false

  init(_ arguments: [String], seconds: Int) throws(SoundError) {
    do throws(ChildProcess.Failure) {
      process = try ChildProcess(ChildProcess.Configuration(arguments))
    } catch {
      throw .decoderEnded("it cannot be run: \(error)")
    }
    self.seconds = seconds
  }

  /// The next message.
  ///
  /// - Throws: `SoundError.decoderEnded` where the stream is not one.
  mutating func next() throws(SoundError) -> SoundMessage {
    if !hasPreamble {
      try require(SoundMessage.preamble.count)
      guard pending.starts(with: SoundMessage.preamble) else { throw misunderstood() }
      position = SoundMessage.preamble.count
      hasPreamble = true
    }
    try require(5)
    let kind = pending[position]
    let byteCount = (0..<4).reduce(0) { $0 | Int(pending[position + 1 + $1]) << (8 * $1) }
    guard byteCount <= SoundMessage.contentLimit else { throw misunderstood() }
    try require(5 + byteCount)
    let content = Array(pending[position + 5..<position + 5 + byteCount])
    position += 5 + byteCount
    guard let message = SoundMessage(kind: kind, content: content) else { throw misunderstood() }
    return message
  }

  private func misunderstood() -> SoundError {
    process.stop()
    return .decoderEnded("its message cannot be understood")
  }

  /// Reads until `byteCount` bytes are pending.
  private mutating func require(_ byteCount: Int) throws(SoundError) {
    pending.removeSubrange(..<position)
    position = 0
    var waited = 0
    do throws(ChildProcess.Failure) {
      while pending.count < byteCount {
        switch try process.read(into: &chunk, waitingAtMost: 1_000) {
        case .bytes(let count):
          pending += chunk[..<count]
          waited = 0
        case .nothingYet:
          waited += 1
          if waited >= seconds {
            process.stop()
            throw ChildProcess.Failure.timedOut
          }
        case .end: throw try ended()
        }
      }
    } catch .timedOut {
      throw .decoderEnded("it gave nothing for \(seconds) s")
    } catch .cannotRun(let reason) {
      throw .decoderEnded(reason)
    } catch {
      throw .decoderEnded("\(error)")
    }
  }

  /// The error of a process that ended within a message.
  private func ended() throws(ChildProcess.Failure) -> ChildProcess.Failure {
    switch try process.wait() {
    case .exited(let status): .cannotRun("it exited with status \(status) within a message")
    case .killed(let signal): .cannotRun("it was killed by signal \(signal)")
    }
  }
}
