internal import Models

extension ModelLocator {
  /// A file of `swiftrag models prepare`.
  public struct Prepared: Sendable, Equatable, Codable {
    /// The file.
    public let path: String
    /// Its size.
    public let byteCount: Int
    /// Why it is not used, or nil where it is.
    public let problem: String?
  }

  /// A prepared file whose model is gone.
  public struct Orphan: Sendable, Equatable, Codable {
    /// The file.
    public let path: String
    /// Its size.
    public let byteCount: Int
    /// The path that the model had.
    public let model: String
  }

  /// The prepared files of a language model; the first one is used.
  public static func preparedFiles(ofModelAt path: String) -> [Prepared] {
    PreparedWeights.stored(ofModelAt: path).map {
      Prepared(path: $0.path, byteCount: $0.byteCount, problem: $0.rejection?.description)
    }
  }

  /// Prepared files whose model is gone, in the models folders and in the cache folder.
  public func orphans() -> [Orphan] {
    PreparedWeights.orphans(modelFolders: folders.map { $0 + "/llm" }).map {
      Orphan(path: $0.path, byteCount: $0.byteCount, model: $0.model)
    }
  }
}
