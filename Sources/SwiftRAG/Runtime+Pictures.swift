internal import Checkpoints
package import Media
internal import Models
package import RAG
package import Tokenizers

extension Runtime {
  /// The configured CLIP, opened by the first call.
  ///
  /// - Throws: ``ModelLocator/Failure`` for a missing model, and any error of reading it.
  package func pictureEmbedder() throws -> CLIPEmbedder {
    try once(\.pictures) { opened in
      try CLIPEmbedder(
        path: locator.clipModel(settings.clipModel), mergesPath: Folders.clipMerges,
        compute: compute(&opened))
    }
  }

  /// The configured CLIP; nil where none is named and `models/clip` has none.
  ///
  /// - Throws: ``ModelLocator/Failure`` for a missing model that is named, and any error of reading
  ///   it.
  package func pictureEmbedderIfPresent() throws -> CLIPEmbedder? {
    do {
      return try pictureEmbedder()
    } catch ModelLocator.Failure.noPictureModel {
      return nil
    }
  }

  /// The tokenizer of the configured CLIP, without its weights.
  package func pictureTokenizer() throws -> CLIPTokenizer {
    let checkpoint = try Checkpoint.open(path: locator.clipModel(settings.clipModel))
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
  /// Whether the name given with `--model` is that of a CLIP: `clip`, a name below `models/clip`, or a
  /// file or folder that contains one.
  package func isPictureModel(_ name: String) -> Bool {
    let locator = locator
    // A sentence encoder of that name has precedence, as before.
    if name != "clip", let path = try? locator.embeddingModel(name) {
      return CLIPEmbedder.recognizes(path: path)
    }
    return name == "clip" || (try? locator.clipModel(name)) != nil
  }
}
