internal import Documents
internal import Media
internal import Store
internal import SwiftRAG

/// Shows small pictures beside citations, on a terminal that can.
enum Thumbnails {
  /// The control sequence that shows the picture of a passage; nil for a passage without one, and if
  /// the file has changed or vanished.
  static func sequence(for passage: Passage) -> String? {
    // The terminal is asked only if there is something to show.
    guard passage.citation.isPicture, let graphics = GraphicsProtocol.ofStandardOutput else {
      return nil
    }
    guard let picture = try? Runtime.picture(of: passage.citation) else { return nil }
    return ThumbnailEncoding.sequence(of: picture, for: graphics)
  }
}
