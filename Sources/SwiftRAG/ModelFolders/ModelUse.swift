internal import Bytes

/// Which model each role uses, and why.
package struct ModelUse {
  /// The choice for one role.
  package struct Choice: Sendable, Equatable {
    /// `embeddings`, `llm`, `clip` or `whisper`.
    package let kind: String
    /// The file or folder.
    package let path: String
    /// Why: a setting with its origin, or the first by name.
    package let reason: String
  }

  /// The choices of the roles that have a model.
  package let choices: [Choice]

  /// Resolves each role as the commands do.
  package init(configuration: Configuration, locator: ModelLocator) {
    let settings = configuration.settings
    var choices: [Choice] = []
    func add(_ kind: String, _ find: () throws -> String) {
      guard let setting = Self.setting(ofKind: kind), let path = try? find() else { return }
      let origin = configuration.origin(of: setting)
      let reason =
        switch origin {
        case .builtIn:
          setting == .embeddingModel || Self.isBundled(path, kind)
            ? "the default" : "the first by name"
        case .file(let file): "\(setting.rawValue) in \(file)"
        case .environment(let name): name
        case .flag(let name): name
        }
      choices.append(Choice(kind: kind, path: path, reason: reason))
    }
    add("embeddings") { try locator.embeddingModel(settings.embeddingModel) }
    add("llm") { try locator.languageModel(settings.modelPath) }
    add("clip") { try locator.clipModel(settings.clipModel) }
    add("whisper") { try locator.whisperModel(settings.whisperModel) }
    self.choices = choices
  }

  /// Whether a model is the one that comes with the program, by its folder.
  private static func isBundled(_ path: String, _ kind: String) -> Bool {
    let names = ModelLocator.FileKind.all.filter { $0.name == kind }.compactMap(\.bundled)
    return names.contains(Paths.name(of: Paths.folder(of: path)))
  }

  /// The setting that names the model of a kind.
  package static func setting(ofKind kind: String) -> Setting? {
    switch kind {
    case "embeddings": .embeddingModel
    case "llm": .modelPath
    case "clip": .clipModel
    case "whisper": .whisperModel
    default: nil
    }
  }

  /// The reason for which a model is used; nil where it is not.
  package func reason(kind: String, path: String) -> String? {
    choices.first { $0.kind == kind && Self.isSame($0.path, path) }?.reason
  }

  /// Whether two paths name one entry of a folder; two links to one file are two models.
  private static func isSame(_ one: String, _ other: String) -> Bool {
    guard Paths.name(of: one) == Paths.name(of: other) else { return false }
    let folder = Paths.canonical(Paths.folder(of: one))
    return one == other || folder != nil && folder == Paths.canonical(Paths.folder(of: other))
  }
}
