internal import Bytes

/// Decodes a recording in this process, as it is read: memory does not grow with its length.
///
/// Decoding runs C libraries over untrusted bytes; `SoundChildProcess` does it in a process of its
/// own.
package final class SoundDecoder: SoundStream {
  /// Samples per second of the stream: the rate that Whisper was trained with.
  package static let sampleRate = 16_000

  /// Seconds without output after which a program that decodes is stopped, by default: it decodes a
  /// second of sound in some milliseconds.
  package static let stallSeconds = 30

  package let format: SoundFormat
  package let fileSampleRate: Int
  package let fileChannelCount: Int

  private let source: any SoundSource
  private let limits: SoundLimits
  private var resampler: Resampler
  private var buffer: [Float]
  private var fileFrameCount = 0
  private var hasEnded = false

  /// Frames of the file that are read at a time: about a second.
  private static let blockFrameCount = 16_384

  /// Opens a file and reads its header.
  ///
  /// - Parameters:
  ///   - path: the recording.
  ///   - limits: of the recording.
  ///   - stallSeconds: seconds without output after which ffmpeg is stopped.
  /// - Throws: `SoundError`.
  package init(
    path: String, limits: SoundLimits = SoundLimits(), stallSeconds: Int = SoundDecoder.stallSeconds
  ) throws(SoundError) {
    format = try Self.format(path)
    source =
      format.needsFFmpeg
      ? try FFmpegSource(
        path: path, format: format, limits: limits, stallSeconds: stallSeconds)
      : try SndfileSource(path: path, format: format, limits: limits)
    self.limits = limits
    (fileSampleRate, fileChannelCount) = (source.sampleRate, source.channelCount)
    resampler = Resampler(from: source.sampleRate, to: Self.sampleRate)
    buffer = [Float](repeating: 0, count: Self.blockFrameCount * source.channelCount)
  }

  /// The format of a file by its first bytes.
  static func format(_ path: String) throws(SoundError) -> SoundFormat {
    let start: [UInt8]
    do throws(BytesError) {
      let file = try MappedFile(path: path)
      start = try file.copyBytes(0..<min(SoundFormat.signatureByteCount, file.byteCount))
    } catch {
      throw .unreadable(error.description)
    }
    if start.isEmpty { throw .empty }
    guard let format = SoundFormat(sniffing: start) else { throw .unknownFormat }
    return format
  }

  /// - Throws: `SoundError`: `.tooLong`, `.damaged` for a file without a sample, `.decoderEnded`.
  package func next() throws(SoundError) -> [Float]? {
    while !hasEnded {
      let frames = try source.read(into: &buffer)
      fileFrameCount += frames
      guard fileFrameCount / fileSampleRate <= limits.maximumSeconds else {
        throw .tooLong(limitSeconds: limits.maximumSeconds)
      }
      let samples: [Float]
      if frames == 0 {
        hasEnded = true
        if fileFrameCount == 0 { throw .damaged(format, detail: remark ?? "it has no samples") }
        samples = resampler.finish()
      } else {
        samples = resampler.process(
          mixedDown(buffer, frameCount: frames, channelCount: fileChannelCount))
      }
      if !samples.isEmpty { return samples }
    }
    return nil
  }

  package var seconds: Double { Double(fileFrameCount) / Double(fileSampleRate) }

  package var remark: String? { source.remark }
}
