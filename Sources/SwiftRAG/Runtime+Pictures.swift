package import Media
package import RAG

extension Runtime {
  /// The configured CLIP, opened by the first call.
  ///
  /// - Throws: ``ModelLocator/Failure`` if there is no such model, and the errors of reading it.
  package func pictureEmbedder() throws -> CLIPEmbedder {
    let path = try ModelLocator(configuration: configuration).clipModel(settings.clipModel)
    return try openPictureEmbedder(path: path)
  }

  /// The configured CLIP; nil where none is named and `models/clip` has none.
  ///
  /// - Throws: ``ModelLocator/Failure`` if a model is named that does not exist, and the errors of
  ///   reading it.
  package func pictureEmbedderIfPresent() throws -> CLIPEmbedder? {
    do {
      return try pictureEmbedder()
    } catch ModelLocator.Failure.noPictureModel {
      return nil
    }
  }

  /// Decodes pictures in a process of their own: this program, started again.
  ///
  /// - Parameter limits: of a picture.
  package static func pictureDecoder(
    limits: PictureLimits = PictureLimits()
  ) -> PictureChildProcess {
    PictureChildProcess(
      command: [Folders.executable, pictureDecoderCommand], limits: limits)
  }

  /// The hidden subcommand that decodes one picture.
  package static let pictureDecoderCommand = "decode-picture"
}
