internal import Bytes

/// The output of a program that decodes sound, while it runs.
///
/// A program that writes nothing to standard output for some seconds is stopped, whatever it writes
/// to standard error meanwhile.
struct ChildOutput {
  private let process: ChildProcess
  private let stallSeconds: Int
  private var bytes: [UInt8] = []
  /// The first of `bytes` that was not taken.
  private var position = 0
  private var chunk = [UInt8](repeating: 0, count: 65_536)

  /// Milliseconds of one wait for output, and so the longest delay after the deadline.
  private static let waitMilliseconds = 100

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - configuration: of the program.
  ///   - stallSeconds: seconds without output after which it is stopped.
  /// - Throws: `SoundError.decoderEnded`.
  init(
    _ configuration: ChildProcess.Configuration, stallSeconds: Int
  ) throws(SoundError) {
    do throws(ChildProcess.Failure) {
      process = try ChildProcess(configuration)
    } catch {
      throw .decoderEnded("it cannot be run: \(error)")
    }
    self.stallSeconds = stallSeconds
  }

  /// Bytes that have arrived and were not taken.
  var pending: ArraySlice<UInt8> { bytes[position...] }

  /// Waits until `byteCount` bytes are pending.
  ///
  /// - Returns: false where the output ended before.
  /// - Throws: `SoundError.decoderEnded`; the program has ended then.
  mutating func require(_ byteCount: Int) throws(SoundError) -> Bool {
    if pending.count >= byteCount { return true }
    bytes.removeSubrange(..<position)
    position = 0
    do throws(ChildProcess.Failure) {
      var deadline = nextDeadline
      while bytes.count < byteCount {
        switch try process.read(into: &chunk, waitingAtMost: Self.waitMilliseconds) {
        case .bytes(let count):
          bytes += chunk[..<count]
          deadline = nextDeadline
        case .nothingYet:
          guard deadline > .now else {
            process.stop()
            throw .timedOut
          }
        case .end: return false
        }
      }
      return true
    } catch {
      throw soundError(error)
    }
  }

  /// Removes the first `byteCount` pending bytes and returns them.
  ///
  /// - Precondition: so many are pending.
  mutating func take(_ byteCount: Int) -> [UInt8] {
    let taken = Array(bytes[position..<position + byteCount])
    position += byteCount
    return taken
  }

  /// Waits for the end of the program, after that of its output.
  ///
  /// - Throws: `SoundError.decoderEnded` where it does not end.
  func ending() throws(SoundError) -> ChildProcess.Ending {
    let deadline = nextDeadline
    do throws(ChildProcess.Failure) {
      return try process.wait { deadline <= .now }
    } catch .cancelled {
      throw soundError(.timedOut)
    } catch {
      throw soundError(error)
    }
  }

  /// Ends the program; nothing more is read.
  func stop() { process.stop() }

  /// The text that the program has written to standard error.
  var errorText: String { process.errorText }

  private var nextDeadline: ContinuousClock.Instant { .now + .seconds(stallSeconds) }

  private func soundError(_ failure: ChildProcess.Failure) -> SoundError {
    .decoderEnded(
      failure == .timedOut ? "it gave nothing for \(stallSeconds) s" : failure.description)
  }
}
