/// The form in which a person perceives a document or a part of it.
///
/// The raw value is stable: it is stored in the index.
package enum Modality: String, Sendable, CaseIterable, Hashable {
  /// Written text.
  case text
  /// A picture, with or without a caption.
  case picture
  /// A recording, with or without a transcript.
  case sound
}
