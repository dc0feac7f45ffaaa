internal import Bytes

/// MP4, Matroska, AAC, AVI and WMA by the program ffmpeg, whose output is read while it runs.
///
/// It writes a WAV file of Float32 with the recording's own rate and channels, so that mixing and
/// resampling are the same as for other formats. It may open the named file only, and no network.
final class FFmpegSource: SoundSource {
  let sampleRate: Int
  let channelCount: Int
  private(set) var remark: String?

  private var output: ChildOutput

  /// Seconds of processor time for a recording of the limit's length: ffmpeg decodes AAC some 200
  /// times as fast as it plays.
  private static let processorSeconds = 3_600

  /// Memory that ffmpeg may map; it takes some 300 MB with its libraries.
  private static let addressSpaceByteCount = 2 << 30

  /// Starts ffmpeg and reads the header of what it writes.
  ///
  /// - Parameters:
  ///   - path: the recording.
  ///   - format: its container, for messages.
  ///   - limits: of the recording.
  ///   - stallSeconds: seconds without output after which ffmpeg is stopped.
  /// - Throws: `SoundError.needsFFmpeg`, `.noSound`, `.damaged`, `.decoderEnded`, or a limit.
  init(
    path: String, format: SoundFormat, limits: SoundLimits, stallSeconds: Int
  ) throws(SoundError) {
    guard let program = ChildProcess.find("ffmpeg") else { throw .needsFFmpeg(format) }
    var output = try ChildOutput(
      ChildProcess.Configuration(
        [program] + Self.arguments(path),
        limits: .init(
          addressSpaceByteCount: Self.addressSpaceByteCount, cpuSeconds: Self.processorSeconds)),
      stallSeconds: stallSeconds)
    let header = try Self.header(&output, format: format)
    try limits.check(channelCount: header.channelCount, sampleRate: header.sampleRate)
    sampleRate = header.sampleRate
    channelCount = header.channelCount
    self.output = output
  }

  /// The first audio track as WAV on standard output, and errors only on standard error.
  private static func arguments(_ path: String) -> [String] {
    // `file:` keeps a name from being read as a URL; one with a leading dash is not taken for an
    // option after -i.
    [
      "-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file",
      "-i", "file:" + path, "-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1",
      "-bitexact", "-c:a", "pcm_f32le", "-f", "wav", "-protocol_whitelist", "file,pipe", "pipe:1",
    ]
  }

  /// Takes the header of what ffmpeg writes.
  private static func header(
    _ output: inout ChildOutput, format: SoundFormat
  ) throws(SoundError) -> WAVStreamHeader {
    while try output.require(output.pending.count + 1) {
      if let header = try WAVStreamHeader(Array(output.pending), format: format) {
        _ = output.take(header.dataOffset)
        return header
      }
    }
    throw try failure(output, format: format)
  }

  func read(into buffer: inout [Float]) throws(SoundError) -> Int {
    let frameByteCount = 4 * channelCount
    if try !output.require(frameByteCount), try output.ending() != .exited(0) {
      remark = Self.reason(output)
    }
    let frames = min(output.pending.count / frameByteCount, buffer.count / channelCount)
    let bytes = output.take(frames * frameByteCount)
    unsafe bytes.withUnsafeBytes { bytes in
      for index in 0..<frames * channelCount {
        let bits = unsafe bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
        buffer[index] = Float(bitPattern: UInt32(littleEndian: bits))
      }
    }
    return frames
  }

  /// The error of a program that wrote no header.
  private static func failure(
    _ output: ChildOutput, format: SoundFormat
  ) throws(SoundError) -> SoundError {
    if case .killed(let signal) = try output.ending() {
      return .decoderEnded("ffmpeg was killed by signal \(signal)")
    }
    let reason = reason(output)
    // ffmpeg's words for -map 0:a:0 without such a stream.
    return reason.contains("matches no streams")
      ? .noSound(format) : .damaged(format, detail: reason)
  }

  /// The first line that ffmpeg wrote to standard error.
  private static func reason(_ output: ChildOutput) -> String {
    output.errorText.split(separator: "\n").first.map(String.init) ?? "ffmpeg gave no reason"
  }
}
