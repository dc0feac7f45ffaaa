internal import Bytes

/// The position of a picture: a file of its own, or a part of a document.
///
/// The text form is stored in the index and printed as JSON, so it must never change.
public enum PictureOrigin: Sendable, Hashable {
  /// The document is the picture.
  case file
  /// A picture file that a page refers to, by its absolute path.
  case linked(path: String)
  /// A part of an archive (DOCX, PPTX, EPUB, …), by its name.
  case part(name: String)
  /// A `data:` address in a page; the number counts them from 1.
  case inline(number: Int)
  /// A page of a PDF, drawn as a picture; the number counts from 1.
  case page(number: Int)
  /// A figure on a page of a PDF, drawn as a picture: the page from 1, and the figure's place on it in
  /// pixels, of which the longer side of the page has 2,200.
  case figure(page: Int, region: PictureRegion)

  /// A name for people: the picture's file name, or its position in the document.
  public var displayName: String? {
    switch self {
    case .file: nil
    case .linked(let path): Paths.name(of: path)
    case .part(let name): Paths.name(of: name)
    case .inline(let number): "picture \(number) in the page"
    case .page, .figure: nil
    }
  }
}

extension PictureOrigin: RawRepresentable {
  /// The text form: `file`, `linked:/home/a/b.jpg`, `part:word/media/image1.png`, `inline:1`,
  /// `page:3`, `figure:3:200,340,800,600` (page, column, row, width, height).
  public var rawValue: String {
    switch self {
    case .file: "file"
    case .linked(let path): "linked:" + path
    case .part(let name): "part:" + name
    case .inline(let number): "inline:\(number)"
    case .page(let number): "page:\(number)"
    case .figure(let page, let region):
      "figure:\(page):\(region.x),\(region.y),\(region.width),\(region.height)"
    }
  }

  /// The position that a text form describes; nil for any other text.
  public init?(rawValue: String) {
    if rawValue == "file" {
      self = .file
      return
    }
    guard let colon = rawValue.firstIndex(of: ":") else { return nil }
    let value = String(rawValue[rawValue.index(after: colon)...])
    switch (rawValue[..<colon], Int(value)) {
    case ("linked", _): self = .linked(path: value)
    case ("part", _): self = .part(name: value)
    case ("inline", let number?): self = .inline(number: number)
    case ("page", let number?): self = .page(number: number)
    case ("figure", _):
      guard let figure = Self.placedFigure(value) else { return nil }
      self = figure
    default: return nil
    }
  }

  /// The figure that `3:200,340,800,600` describes.
  private static func placedFigure(_ value: String) -> PictureOrigin? {
    let parts = value.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let page = Int(parts[0]) else { return nil }
    let numbers = parts[1].split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 4, let x = numbers[0], let y = numbers[1], let width = numbers[2],
      let height = numbers[3]
    else { return nil }
    return .figure(page: page, region: PictureRegion(x: x, y: y, width: width, height: height))
  }
}

extension PictureOrigin: Codable {}
