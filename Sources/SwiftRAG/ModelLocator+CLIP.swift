import Foundation

extension ModelLocator {
  /// The file or folder of a CLIP.
  ///
  /// - Parameter nameOrPath: a path that exists, or a name below `models/clip`, with or without
  ///   `.gguf`, `.pt` or `.safetensors`; nil takes `models/clip` itself if it is a model, else the
  ///   first model there by name.
  /// - Returns: the path to open.
  /// - Throws: ``Failure`` when there is none, or several in the folder that was named.
  public func clipModel(_ nameOrPath: String? = nil) throws(Failure) -> String {
    let searched = folders.map { $0 + "/clip" }
    guard let nameOrPath else {
      for folder in searched {
        if let first = Self.clipModels(in: folder).first { return first.path }
      }
      throw .noPictureModel(searched: searched)
    }
    let candidates =
      [nameOrPath]
      + searched.flatMap { folder in
        ([""] + Self.clipExtensions.map { "." + $0 }).map { "\(folder)/\(nameOrPath)\($0)" }
      }
    for candidate in candidates where FileManager.default.fileExists(atPath: candidate) {
      return try Self.clipModel(at: candidate)
    }
    // `--model clip` means the one that is there.
    if nameOrPath == "clip" { return try clipModel(nil) }
    throw .missing(
      name: nameOrPath, kind: "picture", searched: searched,
      known: searched.flatMap { Self.clipModels(in: $0) }.map(\.name))
  }

  /// Extensions of files that hold a whole model.
  private static let clipExtensions = ["gguf", "safetensors", "pt"]

  /// The models of a folder `clip`: the folder itself, or what it contains, by name.
  static func clipModels(in folder: String) -> [Found] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    if names.contains("config.json") {
      return [found(name: "clip", path: folder)]
    }
    return names.sorted().filter { !$0.hasPrefix(".") }.compactMap { name in
      (try? clipModel(at: "\(folder)/\(name)")).map { found(name: name, path: $0) }
    }
  }

  private static func found(name: String, path: String) -> Found {
    let weights = ["/model.safetensors", "/pytorch_model.bin", ""].map { path + $0 }
      .first { FileManager.default.fileExists(atPath: $0) && !isFolder($0) }
    let attributes = try? FileManager.default.attributesOfItem(atPath: weights ?? path)
    return Found(
      name: name, kind: "clip", path: path, byteCount: attributes?[.size] as? Int ?? 0)
  }

  /// A file with one of the extensions; of a folder its only such file, or the folder itself where it
  /// has Hugging Face's layout.
  private static func clipModel(at path: String) throws(Failure) -> String {
    func isModel(_ name: String) -> Bool {
      clipExtensions.contains { name.hasSuffix("." + $0) }
    }
    guard isFolder(path) else {
      if isModel(path) || path.hasSuffix(".bin") || path.hasSuffix(".json") { return path }
      throw .noModelInFolder(path: path)
    }
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    if names.contains("config.json") { return path }
    let files = names.filter(isModel)
    if files.count == 1 { return path + "/" + files[0] }
    if files.count > 1 { throw .ambiguous(path: path, files: files) }
    throw .noModelInFolder(path: path)
  }
}
