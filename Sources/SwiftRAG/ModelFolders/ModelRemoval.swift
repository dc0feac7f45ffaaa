package import Bytes
internal import Downloads

/// Removes models from the models folders, with what belongs to them; caches of other programs and the
/// models that are part of swiftrag stay.
package struct ModelRemoval {
  /// Why a model is not removed.
  package enum Failure: Error, Equatable, CustomStringConvertible {
    /// The model is in the cache of another program.
    case foreign(path: String, place: String)
    /// The model is part of swiftrag.
    case bundled(path: String)
    /// The model is not in a models folder.
    case outside(path: String)
    /// The file system refused.
    case notRemoved(path: String)

    package var description: String {
      switch self {
      case .foreign(let path, let place):
        "\(path) is in \(place), which swiftrag never changes\n  try: "
          + Self.command(toRemove: path)
      case .bundled(let path):
        "\(path) belongs to the program swiftrag, which needs it where no other model of its kind is "
          + "chosen\n  try: swiftrag models use NAME, which chooses another"
      case .outside(let path):
        "\(path) is not in a models folder\n  try: swiftrag models ls, and the name of a model"
      case .notRemoved(let path): "\(path) cannot be removed\n  try: ls -ld \(shellWord(path))"
      }
    }

    /// The command that removes the model of another program.
    private static func command(toRemove path: String) -> String {
      let folders = path.split(separator: "/", omittingEmptySubsequences: false)
      // Hugging Face's snapshots are links to blobs beside them.
      if let index = folders.firstIndex(where: { $0.hasPrefix("models--") }) {
        return "rm -r " + shellWord(folders[...index].joined(separator: "/"))
      }
      if folders.contains("blobs") { return "ollama rm NAME" }
      return (Paths.isFolder(path) ? "rm -r " : "rm ") + shellWord(path)
    }
  }

  /// Paths to remove, and their size.
  package struct Plan: Sendable, Codable, Equatable {
    package let paths: [String]
    package let byteCount: Int
  }

  private let locator: ModelLocator

  package init(locator: ModelLocator) { self.locator = locator }

  /// The files that belong to a model, or to an unfinished download of it.
  ///
  /// - Parameter name: a name of `models ls`, or of a model whose download was interrupted.
  /// - Returns: the paths, and their size.
  /// - Throws: ``Failure``, and ``ModelLocator/Failure`` where there is no such model.
  package func plan(_ name: String) throws -> Plan {
    let leftovers = leftovers(of: name)
    if !leftovers.isEmpty, (try? locator.model(name)) == nil { return Self.plan(leftovers) }
    let path = try locator.model(name)
    if let foreign = locator.all().first(where: { $0.path == path }), let place = foreign.place {
      throw Failure.foreign(path: path, place: place)
    }
    guard let entry = entry(of: path) else { throw Failure.outside(path: path) }
    if isBundled(entry) { throw Failure.bundled(path: entry) }
    let prepared = ModelLocator.preparedFiles(ofModelAt: path).map(\.path)
    let receipts = [Receipt.path(ofModelAt: entry)].filter(Paths.exists)
    return Self.plan([entry] + parts(of: path) + receipts + prepared + leftovers)
  }

  /// Removes what a plan lists.
  ///
  /// - Throws: `Failure.notRemoved`.
  package func remove(_ plan: Plan) throws(Failure) {
    for path in plan.paths {
      guard FileTree.remove(path) else { throw .notRemoved(path: path) }
    }
  }

  /// Whether a file or folder is a model that the program came with.
  private func isBundled(_ entry: String) -> Bool {
    guard let folder = Folders.bundledModels, let own = Paths.canonical(entry) else { return false }
    return ModelLocator.FileKind.all.contains { kind in
      kind.bundled.map { own == Paths.canonical("\(folder)/\(kind.name)/\($0)") } ?? false
    }
  }

  /// The file or folder directly below the folder of its role.
  private func entry(of path: String) -> String? {
    for folder in locator.folders {
      for kind in ModelLocator.kinds where path.hasPrefix("\(folder)/\(kind)/") {
        let name = path.dropFirst("\(folder)/\(kind)/".count).prefix { $0 != "/" }
        return "\(folder)/\(kind)/\(name)"
      }
    }
    return nil
  }

  /// The other parts of a split GGUF file.
  private func parts(of path: String) -> [String] {
    guard let range = path.firstRange(of: "-00001-of-") else { return [] }
    let (stem, end) = (path[..<range.lowerBound], path[range.upperBound...])
    let folder = Paths.folder(of: path)
    return Paths.names(in: folder).map { "\(folder)/\($0)" }.filter {
      $0 != path && $0.hasPrefix("\(stem)-") && $0.hasSuffix("-of-\(end)")
    }
  }

  /// The hidden folders of interrupted downloads of a name.
  private func leftovers(of name: String) -> [String] {
    let hidden = InstallPlan.stagingName(of: name)
    return locator.folders.flatMap { folder in
      ([folder] + ModelLocator.kinds.map { "\(folder)/\($0)" }).map { "\($0)/\(hidden)" }
    }.filter(Paths.exists)
  }

  private static func plan(_ paths: [String]) -> Plan {
    func size(_ path: String) -> Int {
      guard Paths.isFolder(path) else { return Paths.fileByteCount(path) ?? 0 }
      return Paths.names(in: path).filter { $0 != "." && $0 != ".." }
        .reduce(0) { $0 + size("\(path)/\($1)") }
    }
    return Plan(paths: paths, byteCount: paths.reduce(0) { $0 + size($1) })
  }
}

extension ModelRemoval.Failure: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .foreign, .bundled: .forbidden
    case .outside: .missingInput
    case .notRemoved: .inputOutput
    }
  }
}
