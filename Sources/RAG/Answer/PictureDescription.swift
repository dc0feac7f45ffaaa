internal import Bytes
internal import Documents
package import Store

extension Passage {
  /// The passage in words: its text, or what is known of a picture.
  ///
  /// A language model gets this text, and its answers are checked against it.
  package var inWords: String {
    guard citation.isPicture, let picture = citation.picture else { return text }
    var sentences = ["Picture: " + (citation.picturePath.map { Paths.name(of: $0) } ?? "no name")]
    if !text.isEmpty { sentences.append("It shows: " + text) }
    if let date = picture.capturedAt {
      sentences.append("It was taken on " + date.replacing("T", with: " at "))
    }
    if let latitude = picture.latitude, let longitude = picture.longitude {
      sentences.append("It was taken at " + Self.coordinates(latitude, longitude))
    }
    sentences.append("It has \(picture.width) x \(picture.height) pixels")
    return sentences.map { $0.last.map { ".!?".contains($0) } ?? false ? $0 : $0 + "." }
      .joined(separator: " ")
  }

  /// A position on the Earth, as in `48.2083 N, 16.3725 E`; four decimals are 11 m.
  private static func coordinates(_ latitude: Double, _ longitude: Double) -> String {
    func degrees(_ value: Double) -> String { "\((abs(value) * 10_000).rounded() / 10_000)" }
    return degrees(latitude) + (latitude < 0 ? " S, " : " N, ") + degrees(longitude)
      + (longitude < 0 ? " W" : " E")
  }
}
