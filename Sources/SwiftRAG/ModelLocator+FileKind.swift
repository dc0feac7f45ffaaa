internal import Bytes

extension ModelLocator {
  /// A kind of model that is a file or a folder of one of several layouts.
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
    /// A name that means the first model, as if none was given.
    let alias: String?
    /// The failure where no model was named and there is none.
    let noModel: @Sendable (_ searched: [String]) -> Failure

    /// CLIPs, for pictures.
    static let clip = FileKind(
      name: "clip", word: "picture", extensions: ["gguf", "safetensors", "pt"],
      otherExtensions: ["bin", "json"], folderMarks: ["config.json"], alias: "clip",
      noModel: { .noPictureModel(searched: $0) })

    /// Whispers, for recordings; a folder of CTranslate2 has `model.bin`.
    static let whisper = FileKind(
      name: "whisper", word: "speech", extensions: ["gguf", "pt", "bin"],
      otherExtensions: ["safetensors", "json"], folderMarks: ["config.json", "model.bin"],
      alias: nil, noModel: { .noSpeechModel(searched: $0) })

    /// Both, in the order in which they are listed.
    static let all = [clip, whisper]
  }

  /// The file or folder of a CLIP.
  ///
  /// - Parameter nameOrPath: a path that exists, or a name below `models/clip`, with or without
  ///   `.gguf`, `.pt` or `.safetensors`; nil takes `models/clip` itself if it is a model, else the
  ///   first model there by name.
  /// - Returns: the path to open.
  /// - Throws: ``Failure`` when there is none, or several in the folder that was named.
  public func clipModel(_ nameOrPath: String? = nil) throws(Failure) -> String {
    try model(.clip, nameOrPath)
  }

  /// The file or folder of a Whisper.
  ///
  /// - Parameter nameOrPath: a path that exists, or a name below `models/whisper`, with or without
  ///   `.gguf`, `.pt` or `.bin`; nil takes `models/whisper` itself if it is a model, else the first
  ///   model there by name.
  /// - Returns: the path to open.
  /// - Throws: ``Failure`` when there is none, or several in the folder that was named.
  public func whisperModel(_ nameOrPath: String? = nil) throws(Failure) -> String {
    try model(.whisper, nameOrPath)
  }

  private func model(_ kind: FileKind, _ nameOrPath: String?) throws(Failure) -> String {
    let searched = folders.map { "\($0)/\(kind.name)" }
    guard let nameOrPath else {
      for folder in folders {
        if let first = kind.models(in: folder).first { return first.path }
      }
      throw kind.noModel(searched)
    }
    let candidates =
      [nameOrPath]
      + searched.flatMap { folder in
        ([""] + kind.extensions.map { "." + $0 }).map { "\(folder)/\(nameOrPath)\($0)" }
      }
    for candidate in candidates where Paths.exists(candidate) {
      return try kind.model(at: candidate)
    }
    if nameOrPath == kind.alias { return try model(kind, nil) }
    throw .missing(
      name: nameOrPath, kind: kind.word, searched: searched,
      known: folders.flatMap { kind.models(in: $0) }.map(\.name))
  }
}

extension ModelLocator.FileKind {
  /// The models in a models folder: the folder of the kind itself, or its models by name.
  func models(in folder: String) -> [ModelLocator.Found] {
    let own = "\(folder)/\(name)"
    let names = Paths.names(in: own)
    if names.contains("config.json") { return [found(name: name, path: own)] }
    return names.filter { !$0.hasPrefix(".") }.compactMap { name in
      (try? model(at: "\(own)/\(name)")).map { found(name: name, path: $0) }
    }
  }

  private func found(name: String, path: String) -> ModelLocator.Found {
    ModelLocator.Found(
      name: name, kind: self.name, path: path, byteCount: ModelLocator.weightByteCount(path))
  }

  /// A file with one of the extensions; of a folder its only such file, or the folder itself where it
  /// has the layout of a model.
  fileprivate func model(at path: String) throws(ModelLocator.Failure) -> String {
    func isModel(_ name: String) -> Bool { extensions.contains { name.hasSuffix("." + $0) } }
    guard Paths.isFolder(path) else {
      if isModel(path) || otherExtensions.contains(where: { path.hasSuffix("." + $0) }) {
        return path
      }
      throw .noModelInFolder(path: path)
    }
    let names = Paths.names(in: path)
    if folderMarks.contains(where: names.contains) { return path }
    let files = names.filter(isModel)
    if files.count == 1 { return path + "/" + files[0] }
    if files.count > 1 { throw .ambiguous(path: path, files: files) }
    throw .noModelInFolder(path: path)
  }
}
