import Foundation

/// Finds model files by name or path.
public struct ModelLocator: Sendable {
  /// A model that was found.
  public struct Found: Sendable, Equatable, Codable {
    /// The name by which it can be asked for.
    public let name: String
    /// `embeddings`, later `llm`, `clip` and `whisper` too.
    public let kind: String
    /// The GGUF file, or the folder of a Hugging Face model.
    public let path: String
    /// The bytes of its weights.
    public let byteCount: Int
  }

  /// The model cannot be found or is ambiguous.
  public enum Failure: Error, Equatable, CustomStringConvertible {
    /// Nothing has this name.
    case missing(name: String, kind: String, searched: [String], known: [String])
    /// The folder holds no model that can be opened.
    case noModelInFolder(path: String)
    /// The folder holds several.
    case ambiguous(path: String, files: [String])

    /// The error in words, with the next thing to do.
    public var description: String {
      switch self {
      case .missing(let name, let kind, let searched, let known):
        let places =
          searched.isEmpty ? "no models folder was found" : searched.joined(separator: ", ")
        let others = known.isEmpty ? "" : "\n  known: " + known.joined(separator: ", ")
        return
          "no \(kind) model '\(name)' (searched: \(places))\(others)\n  try: swiftrag models ls"
      case .noModelInFolder(let path):
        return "\(path): holds neither a .gguf file nor config.json with model.safetensors"
      case .ambiguous(let path, let files):
        return "\(path): holds several models; name one of: " + files.joined(separator: ", ")
      }
    }
  }

  /// The folders that hold `embeddings`, the most important first.
  public let folders: [String]

  /// Finds the folders.
  ///
  /// - Parameters:
  ///   - configuration: its `models_dir` is searched alone when it is set.
  ///   - environment: the process's environment.
  public init(
    configuration: Configuration, environment: [String: String] = Folders.processEnvironment
  ) {
    folders = Folders.modelFolders(
      configured: configuration.text(.modelsDirectory), environment: environment)
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
      known: all().map(\.name))
  }

  /// Every model in the folders.
  public func all() -> [Found] {
    var found: [Found] = []
    for folder in folders {
      let kind = "embeddings"
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(kind)")) ?? []
      for name in names.sorted() where !name.hasPrefix(".") {
        guard let path = try? Self.model(at: "\(folder)/\(kind)/\(name)") else { continue }
        let weights = Self.isFolder(path) ? path + "/model.safetensors" : path
        let attributes = try? FileManager.default.attributesOfItem(atPath: weights)
        if !found.contains(where: { $0.name == name }) {
          found.append(
            Found(name: name, kind: kind, path: path, byteCount: attributes?[.size] as? Int ?? 0))
        }
      }
    }
    return found
  }

  /// The GGUF file in a folder, or the folder itself when it is Hugging Face's layout.
  private static func model(at path: String) throws(Failure) -> String {
    guard isFolder(path) else { return path }
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    let files = names.filter { $0.hasSuffix(".gguf") }
    if files.count == 1 { return path + "/" + files[0] }
    if files.count > 1 { throw .ambiguous(path: path, files: files) }
    if names.contains("config.json") { return path }
    throw .noModelInFolder(path: path)
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }
}
