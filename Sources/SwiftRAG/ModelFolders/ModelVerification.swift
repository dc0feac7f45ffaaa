package import Bytes
internal import Checkpoints
package import Downloads

/// Compares installed models with the digests that are known for them.
package struct ModelVerification {
  /// The models that have names.
  let registry: ModelRegistry

  package init(registry: ModelRegistry) { self.registry = registry }

  /// The result for one file.
  package struct Outcome: Sendable, Codable, Equatable {
    package let path: String
    package let sha256: String
    /// Whether the digest is the expected one; nil where none is known.
    package let isRight: Bool?
    /// Who states the expected digest.
    package let source: String?
    /// Why the file cannot be read as a model.
    package let problem: String?
  }

  /// Hashes the files of a model, and reads its headers and checksums.
  ///
  /// - Parameter model: a model of a folder.
  /// - Returns: an outcome for each file.
  /// - Throws: `BytesError` where a file cannot be read.
  /// - Complexity: O(files): the cache of digests is not used.
  package func check(_ model: ModelLocator.Found) throws(BytesError) -> [Outcome] {
    let problem = Self.problem(path: model.path)
    var outcomes: [Outcome] = []
    for (path, expected) in expectations(for: model) {
      guard Paths.exists(path) else {
        outcomes.append(
          Outcome(
            path: path, sha256: "", isRight: false, source: expected?.source, problem: "is missing")
        )
        continue
      }
      let digest = try SHA256Digest.of(MappedFile(path: path))
      outcomes.append(
        Outcome(
          path: path, sha256: digest.hex, isRight: expected.map { $0.digest == digest },
          source: expected?.source, problem: problem))
    }
    return outcomes
  }

  private typealias Expectation = (digest: SHA256Digest, source: String)

  /// The files of a model with their digests: those of the receipt, or of the registry by file name.
  private func expectations(for model: ModelLocator.Found) -> [(String, Expectation?)] {
    if let receipt = Receipt.read(ofModelAt: model.path) {
      let isFolder = Paths.isFolder(model.path)
      return receipt.files.map { file in
        let path = isFolder ? "\(model.path)/\(file.path)" : model.path
        let source =
          switch file.check {
          case .registry: "the registry"
          case .hub: "the hub on \(receipt.day)"
          case .recorded: "recorded on \(receipt.day)"
          }
        return (path, (file.sha256, source))
      }
    }
    let paths = ModelDescription.weightPaths(at: model.path) ?? [model.path]
    return paths.map { path in
      let name = Paths.name(of: path)
      let known = registry.models.filter { $0.role.rawValue == model.kind }.flatMap(\.files)
        .first { $0.path == name && $0.sha256 != nil && name != "model.safetensors" }
      return (path, known?.sha256.map { ($0, "the registry") })
    }
  }

  private static func problem(path: String) -> String? {
    do {
      try Checkpoint.open(path: path).verifyChecksums()
      return nil
    } catch {
      return "\(error)"
    }
  }
}
