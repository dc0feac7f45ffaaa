// Which files make up a model: one file, the parts of a split GGUF file, or a folder or index of
// shards.

package import Bytes
internal import Glibc

extension Checkpoint {
  /// Opens a model and reads the headers of all its files.
  ///
  /// - Parameters:
  ///   - path: a GGUF, safetensors, PyTorch, whisper.cpp or CTranslate2 file; any part of a split GGUF file, which opens all
  ///     parts; an index file (`model.safetensors.index.json`, `pytorch_model.bin.index.json`); or a
  ///     folder that contains `model.safetensors`, `pytorch_model.bin` or an index.
  ///   - backing: `.loaded` reads the files into memory first.
  /// - Returns: the checkpoint, all of whose ranges are checked.
  /// - Throws: `CheckpointError` naming the file; a damaged, missing or foreign file gives no
  ///   partial checkpoint.
  /// - Complexity: O(headers), one pass.
  package static func open(
    path: String, backing: MappedFile.Backing = .mapped
  ) throws(CheckpointError) -> Checkpoint {
    let opener = CheckpointOpener(backing: backing)
    if Paths.isFolder(path) { return try opener.openFolder(path) }
    if path.hasSuffix(".json") { return try opener.openIndex(path) }
    return try opener.openFile(path)
  }

  /// The files for which a folder is opened, in this order: weights, or the index of shards.
  ///
  /// The last is CTranslate2's.
  ///
  /// - Source: transformers, `SAFE_WEIGHTS_NAME`, `SAFE_WEIGHTS_INDEX_NAME`, `WEIGHTS_NAME` and
  ///   `WEIGHTS_INDEX_NAME`, in the order of `from_pretrained`.
  package static let folderFileNames = [
    "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
    "pytorch_model.bin.index.json", "model.bin",
  ]

  /// Opens a model that is a single file, which is open already.
  ///
  /// - Throws: `CheckpointError`, also for one part of a split GGUF file: `.incompleteSet`.
  package static func open(file: MappedFile) throws(CheckpointError) -> Checkpoint {
    let parsed = try ParsedFile(file)
    if let split = try GGUFSplit(parsed) {
      throw CheckpointError.incompleteSet(part: split.number + 1, count: split.count)
        .inFile(file.path)
    }
    return Checkpoint(path: file.path, parsed: [parsed])
  }
}

/// Opens the files of one model.
struct CheckpointOpener {
  let backing: MappedFile.Backing

  /// Opens the weights of a folder, or else its shards, in the order of transformers.
  func openFolder(_ path: String) throws(CheckpointError) -> Checkpoint {
    let folder = path.hasSuffix("/") ? path : path + "/"
    let names = Checkpoint.folderFileNames
    guard let name = names.first(where: { Paths.exists(folder + $0) }) else {
      throw .bytes(
        .notRegularFile(path: path, kind: "a folder without \(names.joined(separator: ", "))"))
    }
    return name.hasSuffix(".json") ? try openIndex(folder + name) : try openFile(folder + name)
  }

  /// Opens one file, and with a part of a split GGUF file the other parts.
  func openFile(_ path: String) throws(CheckpointError) -> Checkpoint {
    let parsed = try parse(path)
    guard let split = try GGUFSplit(parsed) else {
      return Checkpoint(path: path, parsed: [parsed])
    }
    let paths = try split.partPaths(ofPartAt: path)
    var parts: [ParsedFile] = []
    for (number, partPath) in paths.enumerated() {
      let part = number == split.number ? parsed : try parsePart(partPath, of: path)
      try split.check(part, number: number, first: parts.first ?? part)
      parts.append(part)
    }
    try split.checkTensorCount(parts)
    try checkDistinctNames(parts)
    return Checkpoint(path: paths[0], parsed: parts)
  }

  /// Opens the shards that an index lists.
  func openIndex(_ path: String) throws(CheckpointError) -> Checkpoint {
    let index = try ShardIndex(try map(path))
    // Not the folder of the file that a link leads to: in a cache, links have the real names.
    let folder = path.contains("/") ? Paths.folder(of: path) + "/" : ""
    var parts: [ParsedFile] = []
    for shard in index.shards {
      let part = try parsePart(folder + shard, of: path)
      try index.check(part, shard: shard)
      parts.append(part)
    }
    return Checkpoint(path: path, parsed: parts)
  }

  /// Refuses parts in which a tensor is defined twice.
  ///
  /// Shards need no such check: a tensor outside the shard that the index names is refused.
  private func checkDistinctNames(_ parts: [ParsedFile]) throws(CheckpointError) {
    var pathByName: [String: String] = [:]
    for part in parts {
      for tensor in part.tensors {
        if let first = pathByName.updateValue(part.file.path, forKey: tensor.name) {
          throw CheckpointError.tensorInTwoFiles(tensor: tensor.name, first: first)
            .inFile(part.file.path)
        }
      }
    }
  }

  /// Parses another file of the model at `path`; that it is missing is an error of its own.
  private func parsePart(_ partPath: String, of path: String) throws(CheckpointError) -> ParsedFile
  {
    do throws(CheckpointError) { return try parse(partPath) } catch {
      if case .bytes(.system(_, _, ENOENT)) = error.problem {
        throw CheckpointError.missingFile(path: partPath).inFile(path)
      }
      throw error
    }
  }

  private func parse(_ path: String) throws(CheckpointError) -> ParsedFile {
    try ParsedFile(try map(path))
  }

  private func map(_ path: String) throws(CheckpointError) -> MappedFile {
    do throws(BytesError) {
      return try MappedFile(path: path, backing: backing)
    } catch {
      throw .bytes(error)
    }
  }
}
