internal import Documents
internal import Media
internal import Store
internal import SwiftRAG

/// Shows small pictures beside citations, on a terminal that can.
struct Thumbnails {
  /// The way in which they are shown; nil for none.
  var graphics = GraphicsProtocol.ofStandardOutput

  /// The control sequence that shows the picture of a passage; nil for a passage without one, and if
  /// the file has changed or vanished.
  func sequence(for passage: Passage) -> String? {
    guard let graphics, passage.citation.isPicture else { return nil }
    guard let picture = try? Runtime.picture(of: passage.citation) else { return nil }
    return ThumbnailEncoding.sequence(of: picture, for: graphics)
  }
}
