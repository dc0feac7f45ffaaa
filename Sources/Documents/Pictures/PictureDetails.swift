/// The picture that a chunk shows, or that its words were read from.
///
/// Printed as JSON under these names.
public struct PictureDetails: Sendable, Equatable, Codable {
  /// The picture's position: the file itself, or a part of a document.
  public let origin: PictureOrigin
  /// Columns of the upright picture.
  public let width: Int
  /// Rows of the upright picture.
  public let height: Int
  /// The part of the picture with the chunk's words; nil for the whole picture.
  public let region: PictureRegion?
  /// The time of the exposure as the camera recorded it, as in `2019-06-01T12:30:00+02:00`.
  public let capturedAt: String?
  /// The place of the exposure, in degrees north of the equator.
  public let latitude: Double?
  /// The place of the exposure, in degrees east of Greenwich.
  public let longitude: Double?
  /// SHA-256 of the encoded picture, lower-case hexadecimal; equal for copies of a picture.
  public let sha256: String
  /// Whether a program has looked for words in the picture.
  public let wasRead: Bool

  package init(
    origin: PictureOrigin, width: Int, height: Int, region: PictureRegion? = nil,
    capturedAt: String? = nil, latitude: Double? = nil, longitude: Double? = nil, sha256: String,
    wasRead: Bool = false
  ) {
    self.origin = origin
    self.width = width
    self.height = height
    self.region = region
    self.capturedAt = capturedAt
    self.latitude = latitude
    self.longitude = longitude
    self.sha256 = sha256
    self.wasRead = wasRead
  }

  /// The same picture with the part of it that contains some words.
  package func with(region: PictureRegion?) -> PictureDetails {
    PictureDetails(
      origin: origin, width: width, height: height, region: region, capturedAt: capturedAt,
      latitude: latitude, longitude: longitude, sha256: sha256, wasRead: wasRead)
  }
}

/// A rectangle of a picture, in pixels from its upper left corner.
public struct PictureRegion: Sendable, Hashable, Codable {
  /// The first column.
  public let x: Int
  /// The first row.
  public let y: Int
  /// The number of columns.
  public let width: Int
  /// The number of rows.
  public let height: Int

  package init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// The smallest rectangle that contains both.
  package func union(_ other: PictureRegion) -> PictureRegion {
    let (left, top) = (min(x, other.x), min(y, other.y))
    let right = max(x + width, other.x + other.width)
    let bottom = max(y + height, other.y + other.height)
    return PictureRegion(x: left, y: top, width: right - left, height: bottom - top)
  }
}
