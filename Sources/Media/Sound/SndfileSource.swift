internal import CSndfile

/// WAV, AIFF, FLAC, Ogg (Vorbis, Opus) and MP3 by libsndfile.
///
/// Integers become fractions of the full scale: a 16-bit sample is divided by 32,768.
@safe
final class SndfileSource: SoundSource {
  let sampleRate: Int
  let channelCount: Int
  private(set) var remark: String?

  private let file: OpaquePointer

  /// Opens a file whose format is known by its first bytes.
  ///
  /// - Throws: `SoundError.damaged`, `.channelCount` or `.sampleRate`.
  init(path: String, format: SoundFormat, limits: SoundLimits) throws(SoundError) {
    var info = SF_INFO()
    guard let file = unsafe sf_open(path, Int32(SFM_READ), &info) else {
      let reason = unsafe String(cString: sf_strerror(nil))
      // libsndfile's words where the rate or the number of channels is 0.
      let isIncomplete = reason.contains("SF_INFO struct incomplete")
      throw .damaged(
        format, detail: isIncomplete ? "its header states 0 channels or 0 Hz" : reason)
    }
    do throws(SoundError) {
      try limits.check(channelCount: Int(info.channels), sampleRate: Int(info.samplerate))
    } catch {
      unsafe sf_close(file)
      throw error
    }
    unsafe self.file = file
    sampleRate = Int(info.samplerate)
    channelCount = Int(info.channels)
  }

  deinit { unsafe sf_close(file) }

  func read(into buffer: inout [Float]) throws(SoundError) -> Int {
    let frames = sf_count_t(buffer.count / channelCount)
    let count = unsafe buffer.withUnsafeMutableBufferPointer {
      unsafe sf_readf_float(file, $0.baseAddress, frames)
    }
    if count < frames, unsafe sf_error(file) != SF_ERR_NO_ERROR {
      remark = unsafe String(cString: sf_strerror(file))
    }
    return max(0, Int(count))
  }
}
