internal import Documents

extension Citation {
  /// Decodes a citation; one without a `kind`, as earlier versions wrote it, is of a text.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    path = try values.decode(String.self, forKey: .path)
    title = try values.decodeIfPresent(String.self, forKey: .title)
    type = try values.decode(String.self, forKey: .type)
    kind = try values.decodeIfPresent(String.self, forKey: .kind) ?? "text"
    picture = try values.decodeIfPresent(PictureDetails.self, forKey: .picture)
    page = try values.decodeIfPresent(Int.self, forKey: .page)
    location = try values.decodeIfPresent(String.self, forKey: .location)
    firstLine = try values.decode(Int.self, forKey: .firstLine)
    lastLine = try values.decode(Int.self, forKey: .lastLine)
    startSeconds = try values.decodeIfPresent(Double.self, forKey: .startSeconds)
    endSeconds = try values.decodeIfPresent(Double.self, forKey: .endSeconds)
    heading = try values.decodeIfPresent(String.self, forKey: .heading)
    textByteOffset = try values.decode(Int.self, forKey: .textByteOffset)
    textByteCount = try values.decode(Int.self, forKey: .textByteCount)
    sourceByteOffset = try values.decodeIfPresent(Int.self, forKey: .sourceByteOffset)
    sourceByteCount = try values.decodeIfPresent(Int.self, forKey: .sourceByteCount)
    documentSHA256 = try values.decode(String.self, forKey: .documentSHA256)
  }
}
