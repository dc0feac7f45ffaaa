internal import Bytes
internal import Foundation
internal import Media

/// Writes a picture as the control sequence of a terminal.
enum ThumbnailEncoding {
  /// The largest thumbnail, in pixels: about a quarter of a window of 80 columns, seven lines high.
  static let maximumWidth = 240
  static let maximumHeight = 140

  /// The picture, made smaller to fit, as a control sequence.
  static func sequence(of picture: Picture, for graphics: GraphicsProtocol) -> String {
    let small = fitted(picture)
    switch graphics {
    case .kitty: return kitty(small)
    case .iTerm2: return iTerm2(small)
    case .sixel: return SixelEncoding.sequence(of: small)
    }
  }

  /// The picture in a size of at most ``maximumWidth`` × ``maximumHeight``.
  static func fitted(_ picture: Picture) -> Picture {
    let scale = min(
      1, Double(maximumWidth) / Double(picture.width),
      Double(maximumHeight) / Double(picture.height))
    guard scale < 1 else { return picture }
    return Resize.bicubic(
      picture, width: max(1, Int((Double(picture.width) * scale).rounded())),
      height: max(1, Int((Double(picture.height) * scale).rounded())))
  }

  /// Raw RGB in base64, in parts of 4,096 characters as the protocol demands.
  ///
  /// `a=T` transmits and shows; `q=2` suppresses the terminal's answers, which nobody would read.
  private static func kitty(_ picture: Picture) -> String {
    let text = Data(picture.pixels).base64EncodedString()
    var sequence = ""
    var rest = text[...]
    var isFirst = true
    repeat {
      let part = rest.prefix(4_096)
      rest = rest.dropFirst(part.count)
      let keys = isFirst ? "a=T,f=24,s=\(picture.width),v=\(picture.height),q=2," : ""
      sequence += "\u{1B}_G\(keys)m=\(rest.isEmpty ? 0 : 1);\(part)\u{1B}\\"
      isFirst = false
    } while !rest.isEmpty
    return sequence
  }

  /// An uncompressed PNG in base64.
  private static func iTerm2(_ picture: Picture) -> String {
    let file = StoredPNG.bytes(of: picture)
    return "\u{1B}]1337;File=inline=1;size=\(file.count);width=\(picture.width)px;"
      + "height=\(picture.height)px:\(Data(file).base64EncodedString())\u{07}"
  }
}

/// A PNG file whose pixels are stored without compression.
///
/// - Source: PNG specification (W3C, 2003), sections 5 and 11; RFC 1950 and 1951 (stored blocks).
enum StoredPNG {
  /// The file: 8-bit RGB, one IDAT chunk.
  static func bytes(of picture: Picture) -> [UInt8] {
    var rows: [UInt8] = []
    for y in 0..<picture.height {
      // Filter 0: none.
      rows.append(0)
      rows += picture.pixels[y * picture.width * 3..<(y + 1) * picture.width * 3]
    }
    let header =
      bigEndian(UInt32(picture.width)) + bigEndian(UInt32(picture.height)) + [8, 2, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", header) + chunk("IDAT", zlib(rows)) + chunk("IEND", [])
  }

  /// A zlib stream of stored blocks of at most 65,535 bytes.
  private static func zlib(_ bytes: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    var start = 0
    repeat {
      let count = min(65_535, bytes.count - start)
      let isLast = start + count == bytes.count
      let length = UInt16(count)
      stream += [
        isLast ? 1 : 0, UInt8(length & 0xFF), UInt8(length >> 8), UInt8(~length & 0xFF),
        UInt8(~length >> 8),
      ]
      stream += bytes[start..<start + count]
      start += count
    } while start < bytes.count
    return stream + bigEndian(adler32(of: bytes))
  }

  private static func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
    let content = Array(kind.utf8) + data
    return bigEndian(UInt32(data.count)) + content + bigEndian(crc32(of: content))
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
  }
}
