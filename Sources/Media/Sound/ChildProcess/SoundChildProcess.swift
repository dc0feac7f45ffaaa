/// Decodes recordings in a process of their own, so that a hostile file costs one error and what a
/// library prints reaches no terminal.
///
/// The child is a program that calls `serve` with a path, which here is the package's own program
/// with a hidden subcommand. It limits its memory and its processor time before it reads the file.
/// Files that the program ffmpeg decodes need no further process.
package struct SoundChildProcess: Sendable {
  /// Full path of the program and its arguments; the recording's path is appended.
  package var command: [String]

  /// The limits that the parent checks, on what the child writes or on what ffmpeg decodes.
  ///
  /// They are not sent to the child, which has those that its program passes to `serve`.
  package var limits: SoundLimits

  /// Seconds without a sample after which the parent kills the child, or ffmpeg.
  package var seconds: Int

  /// - Parameters:
  ///   - command: full path of the program and the arguments that make it call `serve`.
  ///   - limits: of the recording, checked in this process.
  ///   - seconds: of wall-clock time.
  package init(
    command: [String], limits: SoundLimits = SoundLimits(),
    seconds: Int = SoundDecoder.stallSeconds
  ) {
    self.command = command
    self.limits = limits
    self.seconds = seconds
  }

  /// Opens a recording and reads its header.
  ///
  /// - Throws: `SoundError`, also what the child reports.
  package func open(path: String) throws(SoundError) -> any SoundStream {
    if try SoundDecoder.format(path).needsFFmpeg {
      return try SoundDecoder(path: path, limits: limits, stallSeconds: seconds)
    }
    return try ChildSoundStream(self, path: path)
  }

  /// Bytes that the child may map: the program, its libraries and stacks, and some blocks.
  private static let memoryByteCount = 1 << 30

  /// Seconds of processor time of a child: it decodes and resamples some 300 times as fast as the
  /// recording plays, and 24 hours are the limit.
  private static let processorSeconds = 1_800

  /// The child's work: limits its own process, decodes the file at `path` and writes its parts.
  ///
  /// - Parameters:
  ///   - path: the recording.
  ///   - limits: of the recording.
  ///   - output: a descriptor, usually standard output.
  /// - Returns: the status to exit with: 0 where everything was written, whatever it says.
  package static func serve(
    path: String, limits: SoundLimits = SoundLimits(), output: Int32
  ) -> Int32 {
    DecodingProcess.restrict(
      memoryByteCount: memoryByteCount, processorSeconds: processorSeconds)
    guard DecodingProcess.write(SoundMessage.preamble, to: output) else { return 1 }
    do throws(SoundError) {
      let decoder = try SoundDecoder(path: path, limits: limits)
      var message = SoundMessage.header(
        decoder.format, sampleRate: decoder.fileSampleRate, channelCount: decoder.fileChannelCount)
      guard DecodingProcess.write(message.bytes, to: output) else { return 1 }
      while let samples = try decoder.next() {
        message = .samples(samples)
        guard DecodingProcess.write(message.bytes, to: output) else { return 1 }
      }
      message = .end(remark: decoder.remark)
      return DecodingProcess.write(message.bytes, to: output) ? 0 : 1
    } catch {
      return DecodingProcess.write(SoundMessage.failure(error).bytes, to: output) ? 0 : 1
    }
  }
}
