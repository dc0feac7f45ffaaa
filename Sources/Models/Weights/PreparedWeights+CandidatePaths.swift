internal import Bytes
internal import Checkpoints

extension PreparedWeights {
  /// The end of a prepared file's name, after the model's.
  private static let ending = ".\(layout)"

  /// The paths that a model's prepared weights can have, the preferred one first: beside the model as
  /// `MODEL.gguf.rows16`, and in ``cacheFolder`` as `MODEL.gguf-HASH.rows16`.
  ///
  /// The hash is that of the model's canonical path, so that models of one name in two folders have a
  /// file each. The model itself need not exist.
  package static func candidatePaths(ofModelAt path: String) -> [String] {
    let canonical = Paths.canonicalOfNew(path)
    let name = Paths.name(of: canonical)
    let beside = path + ending
    guard let cache = cacheFolder, let hasher = try? SHA256Hasher(),
      (try? hasher.update(Array(canonical.utf8))) != nil, let digest = try? hasher.finalize()
    else { return [beside] }
    // 12 digits, as Git abbreviates: one person's folders do not collide.
    return [beside, "\(cache)/\(name)-\(digest.hex.prefix(12))\(ending)"]
  }

  /// The folder for models in folders that cannot be written: `$XDG_CACHE_HOME/swiftrag/prepared`, by
  /// default below `~/.cache`; nil where neither variable is set.
  package static var cacheFolder: String? {
    BaseFolder.cache.path().map { $0 + "/prepared" }
  }

  /// A prepared file of a model on the disk.
  package struct Stored: Sendable, Equatable {
    package let path: String
    package let byteCount: Int
    /// Why it is not used; nil where it is used.
    package let rejection: Rejection?
  }

  /// The prepared files of the model at `path`, usable ones first.
  ///
  /// - Complexity: O(headers of the model and of its prepared files); two system calls where there is
  ///   no prepared file.
  package static func stored(ofModelAt path: String) -> [Stored] {
    let files = candidatePaths(ofModelAt: path).compactMap { candidate in
      Paths.fileByteCount(candidate).map { (candidate, $0) }
    }
    guard !files.isEmpty else { return [] }
    let model = try? Checkpoint.open(path: path)
    let stored = files.map { candidate, byteCount in
      var rejection: Rejection? = .unreadable("the model cannot be opened")
      if let model {
        do throws(Rejection) {
          _ = try PreparedWeights(path: candidate, for: model)
          rejection = nil
        } catch {
          rejection = error
        }
      }
      return Stored(path: candidate, byteCount: byteCount, rejection: rejection)
    }
    return stored.filter { $0.rejection == nil } + stored.filter { $0.rejection != nil }
  }

  /// Prepared files whose model is gone: in the cache folder, and in the folders of models.
  ///
  /// - Parameter modelFolders: folders that hold models.
  /// - Returns: the file, and the path that its model had.
  package static func orphans(
    modelFolders: [String]
  ) -> [(path: String, byteCount: Int, model: String)] {
    var found: [(path: String, byteCount: Int, model: String)] = []
    func examine(_ path: String, _ model: String?) {
      guard let model, !Paths.exists(model), let byteCount = Paths.fileByteCount(path) else {
        return
      }
      found.append((path, byteCount, model))
    }
    for folder in modelFolders {
      for name in Paths.names(in: folder) where name.hasSuffix(ending) {
        examine("\(folder)/\(name)", "\(folder)/\(name.dropLast(ending.count))")
      }
    }
    if let cacheFolder {
      for name in Paths.names(in: cacheFolder) where name.hasSuffix(ending) {
        let path = "\(cacheFolder)/\(name)"
        let metadata = (try? Checkpoint.open(path: path))?.metadata
        examine(path, metadata?[sourcePathKey]?.stringValue)
      }
    }
    return found
  }
}
