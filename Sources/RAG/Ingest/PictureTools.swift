package import Documents
package import Media

/// The programs and models with which pictures are indexed.
package struct PictureTools: Sendable {
  /// Turns files into pixels.
  package var decoder: any PictureDecoding
  /// Turns pictures into vectors; without a model they are indexed by their captions, and wait.
  package var model: PictureModel
  /// Reads the words in pictures; nil where that is not wanted or no program is installed.
  package var recognizer: TextRecognizer?

  /// - Parameters:
  ///   - decoder: by default that of this process.
  ///   - model: the picture model, if there is one.
  ///   - recognizer: reads words, if wanted.
  package init(
    decoder: any PictureDecoding = InProcessPictureDecoder(),
    model: PictureModel = PictureModel(), recognizer: TextRecognizer? = nil
  ) {
    self.decoder = decoder
    self.model = model
    self.recognizer = recognizer
  }
}
