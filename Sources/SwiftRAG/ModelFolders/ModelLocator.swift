internal import Bytes
internal import Checkpoints
internal import Downloads

/// Finds model files by name, by path, or by what they contain.
///
/// A model of a role is looked for in three places, in this order: the folder of the role in each
/// models folder (`llm`, `embeddings`, `clip`, `whisper`); the rest of the models folders, for models
/// in the wrong place; and the caches of other programs. The content of its files decides which role
/// a model fills.
public struct ModelLocator: Sendable {
  /// A model that was found.
  public struct Found: Sendable, Equatable, Codable {
    /// The name that commands and settings accept.
    public let name: String
    /// `embeddings`, `llm`, `clip` or `whisper`.
    public let kind: String
    /// The file, or the folder of a model that has several.
    public let path: String
    /// The size of its weights.
    public let byteCount: Int
    /// The program whose cache it is in; nil for the models folders.
    public let place: String?

    package init(name: String, kind: String, path: String, byteCount: Int, place: String?) {
      self.name = name
      self.kind = kind
      self.path = path
      self.byteCount = byteCount
      self.place = place
    }
  }

  /// The folders that hold `embeddings`, `llm`, `clip` or `whisper`, in the order of the search.
  public let folders: [String]
  /// The folder of the bundled models, which are found even where another models folder is chosen.
  private let bundledFolder: String?
  let places: ModelPlaces

  /// The kinds of models, which are the names of their folders too.
  static let kinds = FileKind.all.map(\.name)

  /// Finds the folders.
  ///
  /// - Parameters:
  ///   - configuration: if its `models_dir` is set, no other models folder is searched.
  ///   - environment: the process's environment.
  public init(
    configuration: Configuration, environment: [String: String] = Folders.processEnvironment
  ) {
    folders = Folders.modelFolders(
      configured: configuration.settings.modelsFolder, environment: environment)
    bundledFolder = Folders.bundledModels
    places = ModelPlaces(environment: environment)
  }

  /// The file or folder of a sentence encoder.
  ///
  /// - Parameter nameOrPath: a path that exists, or a name below `models/embeddings`.
  /// - Returns: the path to open.
  /// - Throws: ``Failure`` when there is none, or several.
  public func embeddingModel(_ nameOrPath: String) throws(Failure) -> String {
    do { return try model(.embeddings, nameOrPath) } catch {
      if case .missing = error, let bundledFolder,
        let path = try? FileKind.embeddings.named(nameOrPath, in: bundledFolder)
      {
        return path
      }
      throw error
    }
  }

  /// The file of a language model.
  ///
  /// - Parameter nameOrPath: a path that exists, or a name below `models/llm`, with or without
  ///   `.gguf`; nil takes the first model there, by name.
  /// - Returns: the path to open.
  /// - Throws: ``Failure`` when there is none, or several in the folder that was named.
  public func languageModel(_ nameOrPath: String? = nil) throws(Failure) -> String {
    try model(.llm, nameOrPath)
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

  /// The file or folder of a model of any kind; of several with the name, the language model.
  ///
  /// - Parameter name: a path that exists, or a name below one of the folders of a role.
  /// - Returns: the path to open.
  /// - Throws: ``Failure`` when there is none, or several in the folder that was named.
  public func model(_ name: String) throws(Failure) -> String {
    let models = all()
    for kind in FileKind.all {
      if let found = models.first(where: { $0.kind == kind.name && $0.name == name }) {
        return found.path
      }
    }
    for kind in FileKind.all {
      do { return try model(kind, name) } catch {
        guard case .missing = error else { throw error }
      }
    }
    throw .missing(name: name, kind: nil, searched: folders, known: models.map(\.name))
  }

  /// Every model in the folders and in the caches of other programs, by kind.
  ///
  /// - Complexity: O(headers of all models).
  public func all() -> [Found] {
    FileKind.all.flatMap { kind in
      (inFolders(kind) + misplaced(kind) + elsewhere(kind)).reduce(into: [Found]()) {
        found, model in
        if !found.contains(where: { $0.name == model.name }) { found.append(model) }
      }
    }
  }

  // MARK: The search

  private func model(_ kind: FileKind, _ nameOrPath: String?) throws(Failure) -> String {
    guard let nameOrPath else { return try first(kind) }
    if Paths.exists(nameOrPath) { return try kind.model(at: nameOrPath) }
    for folder in folders {
      if let path = try kind.named(nameOrPath, in: folder) { return path }
    }
    if nameOrPath == kind.alias { return try first(kind) }
    let others = misplaced(kind) + elsewhere(kind)
    if let found = others.first(where: { Self.matches($0.name, nameOrPath, kind) }) {
      return found.path
    }
    throw .missing(
      name: nameOrPath, kind: kind.word, searched: folders.map { "\($0)/\(kind.name)" },
      known: (inFolders(kind) + others).map(\.name))
  }

  private func first(_ kind: FileKind) throws(Failure) -> String {
    // Each place is read only where the one before it has no model.
    var bundled: Found?
    for folder in folders {
      for model in kind.models(in: folder) where kind.mayBe(model) {
        guard model.name == kind.bundled else { return model.path }
        bundled = bundled ?? model
      }
    }
    if let model = misplaced(kind).first { return model.path }
    if let bundled { return bundled.path }
    if let model = elsewhere(kind).first { return model.path }
    throw kind.noModel(folders.map { "\($0)/\(kind.name)" })
  }

  /// The models in the folder of the kind, but for those whose content says another kind.
  private func inFolders(_ kind: FileKind) -> [Found] {
    folders.flatMap { kind.models(in: $0) }.filter(kind.mayBe)
  }

  /// The models in the models folders, outside the folder of their kind.
  private func misplaced(_ kind: FileKind) -> [Found] {
    var found: [Found] = []
    for folder in folders {
      for other in FileKind.all where other.name != kind.name {
        found += kind.models(in: folder, below: other.name)
      }
      found += kind.loose(in: folder)
    }
    return found.filter { ModelDescription.cached(path: $0.path)?.role == kind.name }
  }

  /// The models of the kind in the caches of other programs.
  private func elsewhere(_ kind: FileKind) -> [Found] {
    places.entries.filter { entry in
      guard let role = entry.role else {
        return ModelDescription.cached(path: entry.path)?.role == kind.name
      }
      return role.rawValue == kind.name
    }.map { entry in
      Found(
        name: entry.name, kind: kind.name, path: entry.path,
        byteCount: Self.weightByteCount(entry.path), place: entry.place)
    }
  }

  /// `OWNER/NAME` is also found as `NAME`, and `small.pt` as `small`.
  private static func matches(_ name: String, _ wanted: String, _ kind: FileKind) -> Bool {
    let names = [name, Paths.name(of: name)]
    return names.contains(wanted)
      || kind.extensions.contains { names.contains("\(wanted).\($0)") }
  }

  /// The size of a model's file, or of the weights in its folder.
  static func weightByteCount(_ path: String) -> Int {
    guard Paths.isFolder(path) else { return Paths.fileByteCount(path) ?? 0 }
    let names = Checkpoint.folderFileNames.filter { !$0.hasSuffix(".json") }
    if let one = names.lazy.compactMap({ Paths.fileByteCount("\(path)/\($0)") }).first {
      return one
    }
    return Paths.names(in: path).filter { $0.hasSuffix(".safetensors") || $0.hasSuffix(".bin") }
      .reduce(0) { $0 + (Paths.fileByteCount("\(path)/\($1)") ?? 0) }
  }
}
