/// The contents of a JPEG's marker segments before its first scan, and whether it has an end marker.
///
/// - Source: ITU-T T.81, annex B; EXIF 2.32, 4.7.2.
struct JPEGMarkers {
  /// The block of the first EXIF segment, from TIFF's byte order mark on.
  private(set) var exif: [UInt8]?

  /// Whether an end-of-image marker follows the first scan.
  private(set) var hasEnd = false

  private static let startOfScan: UInt8 = 0xDA
  private static let endOfImage: UInt8 = 0xD9
  private static let application1: UInt8 = 0xE1
  private static let exifSignature = Array("Exif\0\0".utf8)

  /// Reads the segments of a file; damage ends the walk early and is left to the decoder to name.
  init(_ bytes: [UInt8]) {
    var offset = 2
    while offset + 4 <= bytes.count {
      guard bytes[offset] == 0xFF else {
        offset += 1
        continue
      }
      let code = bytes[offset + 1]
      // Fill bytes, stuffed zeros and markers without a segment (TEM, RST0 to RST7, SOI).
      if code == 0xFF || code == 0x00 || code == 0x01 || (0xD0...0xD8).contains(code) {
        offset += code == 0xFF ? 1 : 2
        continue
      }
      if code == Self.endOfImage { return }
      let segmentByteCount = Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
      let content = offset + 4
      let end = offset + 2 + segmentByteCount
      guard segmentByteCount >= 2, end <= bytes.count else { return }
      if code == Self.startOfScan {
        hasEnd = Self.containsEnd(bytes[end...])
        return
      }
      let segment = bytes[content..<end]
      if code == Self.application1, exif == nil, segment.starts(with: Self.exifSignature) {
        exif = Array(segment.dropFirst(Self.exifSignature.count))
      }
      offset = end
    }
  }

  private static func containsEnd(_ bytes: ArraySlice<UInt8>) -> Bool {
    var index = bytes.endIndex - 2
    while index >= bytes.startIndex {
      if bytes[index] == 0xFF && bytes[index + 1] == endOfImage { return true }
      index -= 1
    }
    return false
  }
}
