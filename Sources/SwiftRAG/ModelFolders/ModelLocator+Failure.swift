package import Bytes

extension ModelLocator {
  /// The model cannot be found or is ambiguous.
  public enum Failure: Error, Equatable, CustomStringConvertible {
    /// No model of the kind has this name; of any kind if `kind` is nil.
    case missing(name: String, kind: String?, searched: [String], known: [String])
    /// No language model was named, and no models folder has one.
    case noLanguageModel(searched: [String])
    /// No CLIP was named, and no models folder has one.
    case noPictureModel(searched: [String])
    /// No Whisper was named, and no models folder has one.
    case noSpeechModel(searched: [String])
    /// The folder does not contain a model that can be opened.
    case noModelInFolder(path: String)
    /// The folder contains a model of Hugging Face, and a language model must be a GGUF file.
    case languageModelInFolder(path: String)
    /// The file is not a model of the kind, by its name and its content.
    case notAModel(path: String, kind: String)
    /// The folder contains several models.
    case ambiguous(path: String, files: [String])

    /// The message, with the next thing to try.
    public var description: String {
      switch self {
      case .missing(let name, let kind, let searched, let known):
        let others = known.isEmpty ? "" : "\n  known: " + known.joined(separator: ", ")
        let model = kind.map { $0 + " model" } ?? "model"
        return "no \(model) '\(name)' \(places(searched))\(others)\n  try: swiftrag models ls"
      case .noLanguageModel(let searched):
        return "no language model was found \(places(searched))\n"
          + "  try: swiftrag models pull mistral (4.4 GB, Apache-2.0) or smollm2-360m (0.4 GB), or "
          + "-m MODEL.gguf"
      case .noPictureModel(let searched):
        return "no model for pictures was found \(places(searched))\n"
          + "  try: swiftrag models pull clip (354 MB, MIT), or name one with clip_model"
      case .noSpeechModel(let searched):
        return "no model for recordings was found \(places(searched))\n"
          + "  try: swiftrag models pull whisper-base (145 MB, MIT), or name one with "
          + "whisper_model or WHISPER_CPP_MODEL"
      case .noModelInFolder(let path):
        return "\(path): has neither a .gguf file nor config.json with model.safetensors or "
          + "pytorch_model.bin\n  try: swiftrag models ls"
      case .languageModelInFolder(let path):
        return
          "\(path): is a folder of Hugging Face, and language models are read from GGUF files\n"
          + "  try: swiftrag models pull hf:OWNER/NAME-GGUF, or llama.cpp's "
          + "convert_hf_to_gguf.py \(shellWord(path))"
      case .notAModel(let path, let kind):
        return "\(path): is not the file of a \(kind) model\n"
          + "  try: swiftrag models ls, which lists the models that can be used"
      case .ambiguous(let path, let files):
        return "\(path): has several models; name one of: " + files.joined(separator: ", ")
          + "\n  try: ls \(shellWord(path))"
      }
    }

    private func places(_ searched: [String]) -> String {
      let all = searched.isEmpty ? "no models folder was found" : searched.joined(separator: ", ")
      return "(searched: \(all))"
    }
  }
}

extension ModelLocator.Failure: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .missing, .noLanguageModel, .noPictureModel, .noSpeechModel, .noModelInFolder,
      .languageModelInFolder, .ambiguous:
      .unavailable
    case .notAModel: .invalidData
    }
  }

  package var subjectPath: String? {
    switch self {
    case .noModelInFolder(let path), .languageModelInFolder(let path), .notAModel(let path, _),
      .ambiguous(let path, _):
      path
    case .missing, .noLanguageModel, .noPictureModel, .noSpeechModel: nil
    }
  }
}
