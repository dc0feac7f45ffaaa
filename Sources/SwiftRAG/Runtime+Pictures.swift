internal import Checkpoints
package import Media
internal import Models
package import RAG
package import Tokenizers

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

  /// The tokenizer of the configured CLIP, without its weights.
  package func pictureTokenizer() throws -> CLIPTokenizer {
    let path = try ModelLocator(configuration: configuration).clipModel(settings.clipModel)
    let checkpoint = try Checkpoint.open(path: path)
    return try CLIPTokenizer.open(
      for: checkpoint, vocabularyCount: CLIPConfig(checkpoint: checkpoint).vocab,
      mergesPath: Folders.clipMerges)
  }

  /// Decodes pictures in a process of their own: this program, started again.
  ///
  /// - Parameter limits: of a picture.
  /// - Returns: the decoder; nothing is started yet.
  package static func pictureDecoder(
    limits: PictureLimits = PictureLimits()
  ) -> PictureChildProcess {
    PictureChildProcess(
      command: [Folders.executable, pictureDecoderCommand], limits: limits)
  }

  /// The hidden subcommand that decodes one picture.
  package static let pictureDecoderCommand = "decode-picture"
}

extension Runtime {
  /// Whether a name of `--model` means a CLIP: `clip`, a name below `models/clip`, or a file or folder
  /// that contains one.
  package func isPictureModel(_ name: String) -> Bool {
    let locator = ModelLocator(configuration: configuration)
    // A sentence encoder of that name has precedence, as before.
    if name != "clip", let path = try? locator.embeddingModel(name) {
      return CLIPEmbedder.recognizes(path: path)
    }
    return name == "clip" || (try? locator.clipModel(name)) != nil
  }
}
