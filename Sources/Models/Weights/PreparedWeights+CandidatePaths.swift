internal import Bytes
internal import Checkpoints

extension PreparedWeights {
  /// What follows the model's name in that of a prepared file.
  private static let ending = ".\(layout)"

  /// Where a model's prepared weights may lie, the first choice first: beside it as
  /// `MODEL.gguf.rows16`, and in ``cacheFolder`` as `MODEL.gguf-HASH.rows16`.
  ///
  /// The hash is of the model's canonical path: models of one name in two folders have a file each. The
  /// model itself need not exist.
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

  /// The folder for models whose own cannot be written: `$XDG_CACHE_HOME/swiftrag/prepared`, by default
  /// below `~/.cache`; nil where neither is set.
  package static var cacheFolder: String? {
    BaseFolder.cache.path().map { $0 + "/prepared" }
  }

  /// A prepared file of a model, as it lies on the disk.
  package struct Stored: Sendable, Equatable {
    package let path: String
    package let byteCount: Int
    /// Why it is not used, or nil where it is.
    package let rejection: Rejection?
  }

  /// The prepared files of the model at `path`: one that can be used comes first.
  ///
  /// - Complexity: O(header of the model and of its prepared files); where there are none, two system calls.
  package static func stored(ofModelAt path: String) -> [Stored] {
    let files = candidatePaths(ofModelAt: path).compactMap { place in
      Paths.fileByteCount(place).map { (place, $0) }
    }
    guard !files.isEmpty else { return [] }
    let model = try? Checkpoint.open(path: path)
    let stored = files.map { place, byteCount in
      var rejection: Rejection? = .unreadable("the model cannot be opened")
      if let model {
        do throws(Rejection) {
          _ = try PreparedWeights(path: place, for: model)
          rejection = nil
        } catch {
          rejection = error
        }
      }
      return Stored(path: place, byteCount: byteCount, rejection: rejection)
    }
    return stored.filter { $0.rejection == nil } + stored.filter { $0.rejection != nil }
  }

  /// Prepared files whose model is gone: in the cache folder, and beside where models lay.
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
