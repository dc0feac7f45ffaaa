internal import Bytes

/// MP4, Matroska, AAC, AVI and WMA by the program ffmpeg, whose output is read while it runs.
///
/// It writes a WAV file of Float32 with the recording's own rate and channels, so that mixing and
/// resampling are the same as for other formats. It may open the named file only, and no network.
final class FFmpegSource: SoundSource {
  let sampleRate: Int
  let channelCount: Int
  private(set) var remark: String?

  private let format: SoundFormat
  private let process: ChildProcess
  /// Bytes that have arrived and were not used, from `position` on.
  private var pending: [UInt8]
  private var position: Int
  private var chunk = [UInt8](repeating: 0, count: 65_536)
  private var hasEnded = false

  /// Seconds of processor time for a recording of the limit's length: ffmpeg decodes AAC some 200
  /// times as fast as it plays.
  private static let processorSeconds = 3_600

  /// Memory that ffmpeg may map; it takes some 300 MB with its libraries.
  private static let addressSpaceByteCount = 2 << 30

  /// Milliseconds of one wait; a stopped program is noticed by the processor time.
  private static let waitMilliseconds = 1_000

  /// Starts ffmpeg and reads the header of what it writes.
  ///
  /// - Throws: `SoundError.needsFFmpeg`, `.noSound`, `.damaged`, `.decoderEnded`, or a limit.
  init(path: String, format: SoundFormat, limits: SoundLimits) throws(SoundError) {
    guard let program = ChildProcess.find("ffmpeg") else { throw .needsFFmpeg(format) }
    self.format = format
    do throws(ChildProcess.Failure) {
      process = try ChildProcess(
        ChildProcess.Configuration(
          [program] + Self.arguments(path),
          limits: .init(
            addressSpaceByteCount: Self.addressSpaceByteCount, cpuSeconds: Self.processorSeconds)))
    } catch {
      throw .decoderEnded("\(error)")
    }
    var pending: [UInt8] = []
    var header: WAVStreamHeader?
    while header == nil {
      header = try WAVStreamHeader(pending, format: format)
      if header != nil { break }
      guard try Self.receive(process, &chunk, into: &pending) else {
        throw try Self.failure(process, format: format)
      }
    }
    guard let header else { throw .damaged(format, detail: "it has no header") }
    try limits.check(channelCount: header.channelCount, sampleRate: header.sampleRate)
    sampleRate = header.sampleRate
    channelCount = header.channelCount
    self.pending = pending
    position = header.dataOffset
  }

  /// The first audio track as WAV on standard output, and errors only on standard error.
  private static func arguments(_ path: String) -> [String] {
    // `file:` keeps a name from being read as a URL; a leading dash cannot be an option behind -i.
    [
      "-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file",
      "-i", "file:" + path, "-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1",
      "-bitexact", "-c:a", "pcm_f32le", "-f", "wav", "-protocol_whitelist", "file,pipe", "pipe:1",
    ]
  }

  func read(into buffer: inout [Float]) throws(SoundError) -> Int {
    let frameByteCount = 4 * channelCount
    while pending.count - position < frameByteCount, !hasEnded {
      pending.removeSubrange(..<position)
      position = 0
      if try !Self.receive(process, &chunk, into: &pending) { try end() }
    }
    let frames = min((pending.count - position) / frameByteCount, buffer.count / channelCount)
    for index in 0..<frames * channelCount {
      let start = position + 4 * index
      let bits =
        UInt32(pending[start]) | UInt32(pending[start + 1]) << 8
        | UInt32(pending[start + 2]) << 16 | UInt32(pending[start + 3]) << 24
      buffer[index] = Float(bitPattern: bits)
    }
    position += frames * frameByteCount
    return frames
  }

  /// Notes why the program ended early, if it did.
  private func end() throws(SoundError) {
    hasEnded = true
    do throws(ChildProcess.Failure) {
      if try process.wait() != .exited(0) { remark = Self.reason(process) }
    } catch {
      throw .decoderEnded("\(error)")
    }
  }

  /// Appends what has arrived; false at the end.
  private static func receive(
    _ process: ChildProcess, _ chunk: inout [UInt8], into pending: inout [UInt8]
  ) throws(SoundError) -> Bool {
    do throws(ChildProcess.Failure) {
      while true {
        switch try process.read(into: &chunk, waitingAtMost: waitMilliseconds) {
        case .bytes(let count):
          pending += chunk[..<count]
          return true
        case .nothingYet: continue
        case .end: return false
        }
      }
    } catch {
      throw .decoderEnded("\(error)")
    }
  }

  /// The error of a program that wrote no header.
  private static func failure(
    _ process: ChildProcess, format: SoundFormat
  ) throws(SoundError) -> SoundError {
    do throws(ChildProcess.Failure) {
      if case .killed(let signal) = try process.wait() {
        return .decoderEnded("ffmpeg was killed by signal \(signal)")
      }
    } catch {
      return .decoderEnded("\(error)")
    }
    let reason = reason(process)
    // ffmpeg's words for -map 0:a:0 without such a stream.
    return reason.contains("matches no streams")
      ? .noSound(format) : .damaged(format, detail: reason)
  }

  /// The first line that ffmpeg wrote to standard error.
  private static func reason(_ process: ChildProcess) -> String {
    process.errorText.split(separator: "\n").first.map(String.init) ?? "ffmpeg gave no reason"
  }
}
