/// The header of a WAV file that arrives on a pipe, whose sizes are therefore unknown.
///
/// - Source: Microsoft, "Multiple channel audio data and WAVE files".
struct WAVStreamHeader: Equatable {
  let sampleRate: Int
  let channelCount: Int
  /// The offset of the first sample.
  let dataOffset: Int

  /// Bytes before which the samples must begin.
  private static let limit = 64 << 10

  /// Nil where more bytes are needed.
  ///
  /// - Throws: `SoundError.damaged` where it is not the header of Float32 samples.
  init?(_ bytes: [UInt8], format: SoundFormat) throws(SoundError) {
    guard bytes.count >= 12 else { return nil }
    guard bytes.starts(with: "RIFF".utf8), bytes[8..<12].elementsEqual("WAVE".utf8) else {
      throw .damaged(format, detail: "ffmpeg did not write a WAV file")
    }
    func number(_ offset: Int, _ byteCount: Int) -> Int {
      (0..<byteCount).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
    var offset = 12
    var found: (rate: Int, channels: Int)?
    while bytes.count >= offset + 8 {
      let (start, byteCount) = (offset + 8, number(offset + 4, 4))
      if bytes[offset..<offset + 4].elementsEqual("data".utf8) {
        guard let found else { throw .damaged(format, detail: "ffmpeg wrote no format") }
        (sampleRate, channelCount, dataOffset) = (found.rate, found.channels, start)
        return
      }
      guard start + byteCount <= Self.limit else {
        throw .damaged(format, detail: "ffmpeg wrote a header of \(byteCount) bytes")
      }
      guard bytes.count >= start + byteCount else { return nil }
      if bytes[offset..<offset + 4].elementsEqual("fmt ".utf8), byteCount >= 16 {
        // 3 is IEEE float; 0xFFFE has the format in the first bytes of a GUID.
        let tag = number(start, 2)
        let sample = tag == 0xFFFE && byteCount >= 26 ? number(start + 24, 2) : tag
        guard sample == 3, number(start + 14, 2) == 32 else {
          throw .damaged(format, detail: "ffmpeg did not write Float32")
        }
        found = (number(start + 4, 4), number(start + 2, 2))
      }
      offset = start + byteCount + byteCount % 2
    }
    return nil
  }
}
