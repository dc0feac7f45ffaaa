/// The picture formats that `PictureDecoder` reads.
package enum PictureFormat: UInt8, Sendable, CaseIterable {
  case jpeg = 1
  case png
  case webp
  case gif
  case bmp
  case tiff

  /// The name that people use.
  package var name: String {
    switch self {
    case .jpeg: "JPEG"
    case .png: "PNG"
    case .webp: "WebP"
    case .gif: "GIF"
    case .bmp: "BMP"
    case .tiff: "TIFF"
    }
  }

  /// Bytes from which every format is recognised.
  package static let signatureByteCount = 18

  /// Recognises a format by the first bytes of a file, whatever its name is; nil for other files.
  ///
  /// - Parameter bytes: the file, or at least its first `signatureByteCount` bytes.
  /// - Source: WHATWG MIME Sniffing, section 6.1; TIFF 6.0, section 2; BigTIFF's version 43.
  package init?(sniffing bytes: some Collection<UInt8>) {
    let start = Array(bytes.prefix(Self.signatureByteCount))
    if start.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if start.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if start.starts(with: Array("RIFF".utf8)), start.dropFirst(8).starts(with: "WEBP".utf8) {
      self = .webp
    } else if start.starts(with: Array("GIF87a".utf8)) || start.starts(with: Array("GIF89a".utf8)) {
      self = .gif
    } else if Self.isTIFF(start) {
      self = .tiff
    } else if Self.isBMP(start) {
      self = .bmp
    } else {
      return nil
    }
  }

  private static func isTIFF(_ start: [UInt8]) -> Bool {
    [[0x49, 0x49, 42, 0], [0x4D, 0x4D, 0, 42], [0x49, 0x49, 43, 0], [0x4D, 0x4D, 0, 43]]
      .contains { start.starts(with: $0) }
  }

  /// "BM" alone begins many texts; the size of a known header must follow at byte 14.
  private static func isBMP(_ start: [UInt8]) -> Bool {
    guard start.starts(with: [0x42, 0x4D]), start.count >= 18 else { return false }
    return BMPHeader.knownByteCounts.contains(Int(start[14]))
      && start[15...17].allSatisfy { $0 == 0 }
  }
}
