package import Bytes
internal import Checkpoints
import Foundation

/// Finds model files by name or path.
public struct ModelLocator: Sendable {
  /// A model that was found.
  public struct Found: Sendable, Equatable, Codable {
    /// The name that commands and settings accept.
    public let name: String
    /// `embeddings`, `llm`, `clip` or `whisper`.
    public let kind: String
    /// The GGUF file, or the folder of a Hugging Face model.
    public let path: String
    /// The size of its weights.
    public let byteCount: Int
  }

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
          + "  try: put a GGUF file into models/llm, or name one with -m MODEL.gguf"
      case .noPictureModel(let searched):
        return "no model for pictures was found \(places(searched))\n"
          + "  try: put CLIP ViT-B/32 into models/clip (605 MB, MIT), or name one with clip_model"
      case .noSpeechModel(let searched):
        return "no model for recordings was found \(places(searched))\n"
          + "  try: put a Whisper into models/whisper (base: 145 MB, MIT), or name one with "
          + "whisper_model or WHISPER_CPP_MODEL"
      case .noModelInFolder(let path):
        return "\(path): has neither a .gguf file nor config.json with "
          + "model.safetensors or pytorch_model.bin"
      case .ambiguous(let path, let files):
        return "\(path): has several models; name one of: " + files.joined(separator: ", ")
      }
    }

    private func places(_ searched: [String]) -> String {
      let all = searched.isEmpty ? "no models folder was found" : searched.joined(separator: ", ")
      return "(searched: \(all))"
    }
  }

  /// The folders that hold `embeddings`, `llm`, `clip` or `whisper`, in the order of the search.
  public let folders: [String]

  /// The kinds of models, which are the names of their folders too.
  static let kinds = ["embeddings", "llm"] + FileKind.all.map(\.name)

  /// Finds the folders.
  ///
  /// - Parameters:
  ///   - configuration: if its `models_dir` is set, only that folder is searched.
  ///   - environment: the process's environment.
  public init(
    configuration: Configuration, environment: [String: String] = Folders.processEnvironment
  ) {
    folders = Folders.modelFolders(
      configured: configuration.settings.modelsFolder, environment: environment)
  }

  /// The GGUF file or folder of a sentence encoder.
  ///
  /// - Parameter nameOrPath: a path that exists, or a name below `models/embeddings`.
  /// - Returns: the path to open.
  /// - Throws: ``Failure`` when there is none, or several.
  public func embeddingModel(_ nameOrPath: String) throws(Failure) -> String {
    let candidates = [nameOrPath] + folders.map { $0 + "/embeddings/" + nameOrPath }
    for candidate in candidates where FileManager.default.fileExists(atPath: candidate) {
      return try Self.model(at: candidate)
    }
    throw .missing(
      name: nameOrPath, kind: "embedding", searched: folders.map { $0 + "/embeddings" },
      known: all().filter { $0.kind == "embeddings" }.map(\.name))
  }

  /// The GGUF file of a language model.
  ///
  /// - Parameter nameOrPath: a path that exists, or a name below `models/llm`, with or without
  ///   `.gguf`; nil takes the first model there, by name.
  /// - Returns: the path to open.
  /// - Throws: ``Failure`` when there is none, or several in the folder that was named.
  public func languageModel(_ nameOrPath: String? = nil) throws(Failure) -> String {
    let searched = folders.map { $0 + "/llm" }
    guard let nameOrPath else {
      if let first = all().first(where: { $0.kind == "llm" }) { return first.path }
      throw .noLanguageModel(searched: searched)
    }
    let candidates =
      [nameOrPath] + searched.flatMap { ["\($0)/\(nameOrPath)", "\($0)/\(nameOrPath).gguf"] }
    for candidate in candidates where FileManager.default.fileExists(atPath: candidate) {
      return try Self.model(at: candidate)
    }
    throw .missing(
      name: nameOrPath, kind: "language", searched: searched,
      known: all().filter { $0.kind == "llm" }.map(\.name))
  }

  /// The file or folder of a model of any kind; of several with the name, the language model.
  ///
  /// - Parameter name: a path that exists, or a name below `models/llm` or `models/embeddings`.
  /// - Returns: the path to open.
  /// - Throws: ``Failure`` when there is none, or several in the folder that was named.
  public func model(_ name: String) throws(Failure) -> String {
    let models = all()
    if let found = models.first(where: { $0.kind == "llm" && $0.name == name }) {
      return found.path
    }
    do { return try languageModel(name) } catch {
      guard case .missing = error else { throw error }
    }
    do { return try embeddingModel(name) } catch {
      guard case .missing = error else { throw error }
      for kind in FileKind.all {
        if let found = models.first(where: { $0.kind == kind.name && $0.name == name }) {
          return found.path
        }
      }
      throw .missing(name: name, kind: nil, searched: folders, known: models.map(\.name))
    }
  }

  /// Every model in the folders.
  public func all() -> [Found] {
    let texts = folders.flatMap { folder in
      ["embeddings", "llm"].flatMap { Self.models(kind: $0, folder: folder) }
    }
    let others = FileKind.all.flatMap { kind in folders.flatMap { kind.models(in: $0) } }
    return (texts + others).reduce(into: []) { found, model in
      if !found.contains(where: { $0.name == model.name && $0.kind == model.kind }) {
        found.append(model)
      }
    }
  }

  /// The models of one kind in one folder, by name.
  private static func models(kind: String, folder: String) -> [Found] {
    var found: [Found] = []
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(kind)")) ?? []
    for name in names.sorted() where !name.hasPrefix(".") {
      guard let path = try? model(at: "\(folder)/\(kind)/\(name)") else { continue }
      // The folder may hold other files, such as licences.
      if kind == "llm", !path.hasSuffix(".gguf") || Checkpoint.isLaterPart(name: name) { continue }
      found.append(Found(name: name, kind: kind, path: path, byteCount: weightByteCount(path)))
    }
    return found
  }

  /// The size of a model's file, or of the weights in its folder.
  static func weightByteCount(_ path: String) -> Int {
    guard Paths.isFolder(path) else { return Paths.fileByteCount(path) ?? 0 }
    let names = Checkpoint.folderFileNames.filter { !$0.hasSuffix(".json") }
    return names.lazy.compactMap { Paths.fileByteCount("\(path)/\($0)") }.first ?? 0
  }

  /// The GGUF file in a folder, or the folder itself if it has Hugging Face's layout.
  private static func model(at path: String) throws(Failure) -> String {
    guard Paths.isFolder(path) else { return path }
    let names = Paths.names(in: path)
    let files = names.filter { $0.hasSuffix(".gguf") && !Checkpoint.isLaterPart(name: $0) }
    if files.count == 1 { return path + "/" + files[0] }
    if files.count > 1 { throw .ambiguous(path: path, files: files) }
    if names.contains("config.json") { return path }
    throw .noModelInFolder(path: path)
  }
}

extension ModelLocator.Failure: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .missing, .noLanguageModel, .noPictureModel, .noSpeechModel, .noModelInFolder, .ambiguous:
      .unavailable
    }
  }
}
