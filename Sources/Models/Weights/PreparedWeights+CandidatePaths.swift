internal import Bytes
internal import Checkpoints
internal import Glibc

extension PreparedWeights {
  /// What follows the model's name in that of a prepared file.
  private static let ending = ".\(layout)"

  /// Where a model's prepared weights may lie, the first choice first: beside it as
  /// `MODEL.gguf.rows16`, and in ``cacheFolder`` as `MODEL.gguf-HASH.rows16`.
  ///
  /// The hash is of the model's canonical path: models of one name in two folders have a file each. The
  /// model itself need not exist.
  package static func candidatePaths(ofModelAt path: String) -> [String] {
    let canonical = canonicalPath(path)
    let name = canonical.split(separator: "/").last.map(String.init) ?? "model"
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
    func folder(_ variable: String) -> String? {
      // The XDG specification: a relative path is invalid and ignored.
      guard let value = getenv(variable), value.pointee == UInt8(ascii: "/") else { return nil }
      return String(cString: value)
    }
    let base = folder("XDG_CACHE_HOME") ?? folder("HOME").map { $0 + "/.cache" }
    return base.map { $0 + "/swiftrag/prepared" }
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
      fileByteCount(place).map { (place, $0) }
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
      guard let model, access(model, F_OK) != 0, let byteCount = fileByteCount(path) else { return }
      found.append((path, byteCount, model))
    }
    for folder in modelFolders {
      for name in fileNames(in: folder) where name.hasSuffix(ending) {
        examine("\(folder)/\(name)", "\(folder)/\(name.dropLast(ending.count))")
      }
    }
    if let cacheFolder {
      for name in fileNames(in: cacheFolder) where name.hasSuffix(ending) {
        let path = "\(cacheFolder)/\(name)"
        let metadata = (try? Checkpoint.open(path: path))?.metadata
        examine(path, metadata?[sourcePathKey]?.stringValue)
      }
    }
    return found
  }

  /// The absolute path without symbolic links; of a file that does not exist, that of its folder and
  /// its name.
  static func canonicalPath(_ path: String) -> String {
    func resolved(_ path: String) -> String? {
      guard let real = realpath(path, nil) else { return nil }
      defer { free(real) }
      return String(cString: real)
    }
    if let whole = resolved(path) { return whole }
    guard let slash = path.lastIndex(of: "/") else { return (resolved(".") ?? "") + "/" + path }
    let folder = slash == path.startIndex ? "/" : String(path[..<slash])
    return (resolved(folder) ?? folder) + path[slash...]
  }

  /// The names in a folder, sorted; none where it cannot be read.
  static func fileNames(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names.sorted()
  }

  /// The size of a regular file, or nil.
  private static func fileByteCount(_ path: String) -> Int? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }
}
