/// The containers of sound that are recognised, whatever a file is called.
package enum SoundFormat: UInt8, Sendable, CaseIterable {
  case wav = 1
  case aiff
  case flac
  /// Ogg with Vorbis, Opus or FLAC.
  case ogg
  case mp3
  /// MP4 and QuickTime: M4A, MP4, MOV, 3GP.
  case mp4
  /// Matroska and WebM.
  case matroska
  /// AAC in ADTS frames.
  case adts
  case avi
  /// ASF: WMA and WMV.
  case asf

  /// The name that people use.
  package var name: String {
    switch self {
    case .wav: "WAV"
    case .aiff: "AIFF"
    case .flac: "FLAC"
    case .ogg: "Ogg"
    case .mp3: "MP3"
    case .mp4: "MP4"
    case .matroska: "Matroska"
    case .adts: "AAC"
    case .avi: "AVI"
    case .asf: "WMA"
    }
  }

  /// Whether the program ffmpeg decodes the format; libsndfile decodes the others.
  package var needsFFmpeg: Bool {
    switch self {
    case .wav, .aiff, .flac, .ogg, .mp3: false
    case .mp4, .matroska, .adts, .avi, .asf: true
    }
  }

  /// Bytes from which every format is recognised.
  package static let signatureByteCount = 16

  /// Recognises a format by the first bytes of a file; nil for other files.
  ///
  /// - Parameter bytes: the file, or at least its first `signatureByteCount` bytes.
  /// - Source: WHATWG MIME Sniffing, section 6.2; RFC 3533 (Ogg), RFC 9639 (FLAC), RFC 9559
  ///   (Matroska); ISO/IEC 11172-3, 2.4.1.3 and 13818-7, 6.2 for the headers of MP3 and ADTS frames.
  package init?(sniffing bytes: some Collection<UInt8>) {
    let start = Array(bytes.prefix(Self.signatureByteCount))
    func has(_ text: String, at offset: Int = 0) -> Bool {
      start.dropFirst(offset).starts(with: text.utf8)
    }
    if has("RIFF") || has("RF64") || has("RIFX"), has("WAVE", at: 8) {
      self = .wav
    } else if has("RIFF"), has("AVI ", at: 8) {
      self = .avi
    } else if has("FORM"), has("AIFF", at: 8) || has("AIFC", at: 8) {
      self = .aiff
    } else if has("fLaC") {
      self = .flac
    } else if has("OggS") {
      self = .ogg
    } else if has("ftyp", at: 4) || has("moov", at: 4) {
      self = .mp4
    } else if start.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
      self = .matroska
    } else if start.starts(with: [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11]) {
      self = .asf
    } else if has("ID3") || Self.isFrame(start, layer: 1) {
      self = .mp3
    } else if Self.isFrame(start, layer: 0) {
      self = .adts
    } else {
      return nil
    }
  }

  /// Whether an MPEG audio header begins here: 11 bits set, a version, and a layer, of which 1 is
  /// MP3 and 0 is ADTS.
  private static func isFrame(_ start: [UInt8], layer: UInt8) -> Bool {
    guard start.count >= 4, start[0] == 0xFF, start[1] & 0xE0 == 0xE0 else { return false }
    guard start[1] >> 1 & 3 == layer else { return false }
    if layer == 0 { return start[1] & 0xF0 == 0xF0 && start[2] >> 2 & 15 < 13 }
    // Version 1 and bit rate 15 and sample rate 3 are reserved.
    return start[1] >> 3 & 3 != 1 && start[2] >> 4 != 15 && start[2] >> 2 & 3 != 3
  }
}
