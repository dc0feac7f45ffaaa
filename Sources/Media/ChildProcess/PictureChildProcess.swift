internal import Bytes

/// Decodes pictures in a process of their own, so that a hostile picture costs one error.
///
/// The child is a program that calls `serve` with a path, which here is the package's own program
/// with a hidden subcommand. It limits its memory and its time before it reads the picture, and
/// writes one `PictureMessage`. A crash, a limit that is reached and a message that makes no sense
/// are `PictureError.decoderEnded` in the parent.
package struct PictureChildProcess: Sendable {
  /// Full path of the program and its arguments; the picture's path is appended.
  package var command: [String]

  /// The limits that the parent checks, on the file's bytes and on what the child writes.
  ///
  /// They are not sent to the child, which has those that its program passes to `serve`.
  package var limits: PictureLimits

  /// Seconds after which the parent kills the child.
  package var seconds: Int

  /// - Parameters:
  ///   - command: full path of the program and the arguments that make it call `serve`.
  ///   - limits: of the picture, checked in this process.
  ///   - seconds: of wall-clock time. The largest picture of the default limits takes some 3 s.
  package init(command: [String], limits: PictureLimits = PictureLimits(), seconds: Int = 30) {
    self.command = command
    self.limits = limits
    self.seconds = seconds
  }

  /// Decodes the picture at `path` in a new process.
  ///
  /// - Throws: what the child reports, or `PictureError.decoderEnded`.
  /// - Complexity: that of decoding, the start of a process, and a copy of the pixels.
  package func decode(path: String) throws(PictureError) -> Picture {
    try decode(path: path, files: [])
  }

  /// As `decode(path:)`, with files that the child finds as `/dev/fd/3` and so on.
  func decode(path: String, files: [[UInt8]]) throws(PictureError) -> Picture {
    let result: ChildProcess.Result
    do throws(ChildProcess.Failure) {
      result = try ChildProcess.run(
        ChildProcess.Configuration(
          command + [path], files: files,
          limits: ChildProcess.Limits(
            outputByteCount: limits.maximumPixelCount * 3 + PictureMessage.overheadLimit,
            seconds: seconds)))
    } catch {
      switch error {
      case .cannotRun(let reason): throw .decoderEnded("it cannot be run: \(reason)")
      case .outputTooLarge: throw .decoderEnded("it wrote more than a picture")
      case .timedOut: throw .decoderEnded("it took more than \(seconds) s")
      case .cancelled: throw .decoderEnded("it was cancelled")
      }
    }
    switch result.ending {
    case .exited(0): return try PictureMessage.decode(result.output, limits: limits)
    case .exited(let status): throw .decoderEnded("it exited with status \(status)")
    case .killed(let signal): throw .decoderEnded("it was killed by signal \(signal)")
    }
  }

  /// The child's work: limits its own process, decodes the file at `path` and writes the message.
  ///
  /// - Parameters:
  ///   - path: the picture.
  ///   - limits: of the picture; the process's memory limit follows from them.
  ///   - output: a descriptor, usually standard output.
  /// - Returns: the status to exit with: 0 where the message was written, whatever it says.
  package static func serve(
    path: String, limits: PictureLimits = PictureLimits(), output: Int32
  ) -> Int32 {
    restrictProcess(limits)
    let result: Result<Picture, PictureError>
    do throws(PictureError) {
      result = .success(try PictureDecoder.decode(path: path, limits: limits))
    } catch {
      result = .failure(error)
    }
    return DecodingProcess.write(PictureMessage.encode(result), to: output) ? 0 : 1
  }

  /// Bytes that the process may map beyond its pictures: the program, its libraries and stacks.
  private static let programByteCount = 1 << 30

  /// Seconds of processor time that a picture may take.
  private static let processorSeconds = 60

  /// Limits memory and time of the calling process, for good.
  private static func restrictProcess(_ limits: PictureLimits) {
    // The file twice; RGB, the samples as stored, a turned copy and the message; and libraries that
    // hold coefficients of 2 bytes for progressive JPEG.
    let memory =
      limits.maximumByteCount * 2 + limits.maximumPixelCount * 24 + programByteCount
    DecodingProcess.restrict(memoryByteCount: memory, processorSeconds: processorSeconds)
  }
}
