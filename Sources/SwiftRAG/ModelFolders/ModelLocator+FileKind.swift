internal import Bytes
internal import Checkpoints

extension ModelLocator {
  /// A kind of model: the layouts that its files and folders may have.
  struct FileKind: Sendable {
    /// The folder below a models folder, and the kind of the models that are found there.
    let name: String
    /// The kind in messages: "no speech model".
    let word: String
    /// Extensions of files that hold a whole model.
    let extensions: [String]
    /// Extensions of files that are opened only where they are named, since they may be something else.
    let otherExtensions: [String]
    /// Files that make a folder a model.
    let folderMarks: [String]
    /// Whether a file that is named is opened whatever its extension is.
    var acceptsAnyFile = false
    /// A name that means the first model, as if none was given.
    let alias: String?
    /// The name of the model that is part of the program; any other in a models folder is taken before
    /// it.
    var bundled: String?
    /// The failure where no model was named and there is none.
    let noModel: @Sendable (_ searched: [String]) -> Failure

    /// Language models.
    static let llm = FileKind(
      name: "llm", word: "language", extensions: ["gguf"], otherExtensions: [], folderMarks: [],
      acceptsAnyFile: true, alias: nil, noModel: { .noLanguageModel(searched: $0) })

    /// Sentence encoders.
    static let embeddings = FileKind(
      name: "embeddings", word: "embedding", extensions: ["gguf"], otherExtensions: [],
      folderMarks: ["config.json"], acceptsAnyFile: true, alias: nil, bundled: "all-MiniLM-L6-v2",
      noModel: {
        .missing(name: "all-MiniLM-L6-v2", kind: "embedding", searched: $0, known: [])
      })

    /// CLIPs, for pictures.
    static let clip = FileKind(
      name: "clip", word: "picture", extensions: ["gguf", "safetensors", "pt"],
      otherExtensions: ["bin", "json"], folderMarks: ["config.json"], alias: "clip",
      noModel: { .noPictureModel(searched: $0) })

    /// Whispers, for recordings; a folder of CTranslate2 has `model.bin`.
    static let whisper = FileKind(
      name: "whisper", word: "speech", extensions: ["gguf", "pt", "bin"],
      otherExtensions: ["safetensors", "json"], folderMarks: ["config.json", "model.bin"],
      alias: nil, bundled: "whisper-base", noModel: { .noSpeechModel(searched: $0) })

    /// All kinds, in the order in which they are listed.
    static let all = [llm, embeddings, clip, whisper]
  }
}

extension ModelLocator.FileKind {
  /// The models in a models folder: the folder of the kind itself, or its models by name.
  ///
  /// - Parameters:
  ///   - folder: the models folder.
  ///   - other: the folder of another kind, which is searched for models of this kind instead.
  /// - Returns: the models, by name.
  func models(in folder: String, below other: String? = nil) -> [ModelLocator.Found] {
    let own = "\(folder)/\(other ?? name)"
    let names = Paths.names(in: own)
    if other == nil, names.contains("config.json"), !folderMarks.isEmpty {
      return [found(name: name, path: own)]
    }
    return names.filter { !$0.hasPrefix(".") && !Checkpoint.isLaterPart(name: $0) }.compactMap {
      name in
      let path = "\(own)/\(name)"
      guard Paths.isFolder(path) || hasExtension(name) || hasOtherExtension(name) else {
        return nil
      }
      return (try? model(at: path)).map { found(name: name, path: $0) }
    }
  }

  /// The models directly in a models folder.
  func loose(in folder: String) -> [ModelLocator.Found] {
    Paths.names(in: folder).filter { name in
      !name.hasPrefix(".") && hasExtension(name) && !Checkpoint.isLaterPart(name: name)
    }.map { found(name: $0, path: "\(folder)/\($0)") }
  }

  /// A model of a name in the folder of the kind; nil where there is none.
  func named(_ name: String, in folder: String) throws(ModelLocator.Failure) -> String? {
    for ending in [""] + extensions.map({ "." + $0 }) {
      let path = "\(folder)/\(self.name)/\(name)\(ending)"
      if Paths.exists(path) { return try model(at: path) }
    }
    return nil
  }

  /// Whether the content of a model in the folder of the kind is of the kind.
  ///
  /// Files that cannot be read or are not supported stay, so that their error is shown.
  func mayBe(_ model: ModelLocator.Found) -> Bool {
    guard let role = ModelDescription.cached(path: model.path)?.role else { return true }
    return role == name
  }

  private func found(name: String, path: String) -> ModelLocator.Found {
    ModelLocator.Found(
      name: name, kind: self.name, path: path, byteCount: ModelLocator.weightByteCount(path),
      place: nil)
  }

  private func hasExtension(_ name: String) -> Bool {
    extensions.contains { name.hasSuffix("." + $0) }
  }

  private func hasOtherExtension(_ name: String) -> Bool {
    otherExtensions.contains { name.hasSuffix("." + $0) }
  }

  /// A file; of a folder its only file with an extension of the kind, or the folder itself where it has
  /// the layout of a model.
  func model(at path: String) throws(ModelLocator.Failure) -> String {
    guard Paths.isFolder(path) else {
      // Blobs in the stores of other programs have no extension; the content decides.
      let isKnown =
        acceptsAnyFile || hasExtension(path) || hasOtherExtension(path)
        || ModelDescription.cached(path: path)?.role == name
      guard isKnown else { throw .notAModel(path: path, kind: word) }
      return path
    }
    let names = Paths.names(in: path)
    let files = names.filter {
      hasExtension($0) && !Checkpoint.isLaterPart(name: $0) && !folderMarks.contains($0)
        && $0 != "pytorch_model.bin" && $0 != "model.safetensors"
    }
    let isFolderModel = folderMarks.contains(where: names.contains)
    if isFolderModel, !(name == "embeddings" && files.count == 1) { return path }
    if files.count == 1 { return path + "/" + files[0] }
    if files.count > 1 { throw .ambiguous(path: path, files: files) }
    let weights = names.filter { $0.hasSuffix(".safetensors") || $0.hasPrefix("pytorch_model") }
    if name == "llm", names.contains("config.json"), !weights.isEmpty {
      throw .languageModelInFolder(path: path)
    }
    throw .noModelInFolder(path: path)
  }
}
