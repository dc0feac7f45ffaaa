import Foundation

extension ModelLocator {
  /// The file or folder of a Whisper.
  ///
  /// - Parameter nameOrPath: a path that exists, or a name below `models/whisper`, with or without
  ///   `.gguf`, `.pt` or `.bin`; nil takes `models/whisper` itself if it is a model, else the first
  ///   model there by name.
  /// - Returns: the path to open.
  /// - Throws: ``Failure`` when there is none, or several in the folder that was named.
  public func whisperModel(_ nameOrPath: String? = nil) throws(Failure) -> String {
    let searched = folders.map { $0 + "/whisper" }
    guard let nameOrPath else {
      for folder in searched {
        if let first = Self.whisperModels(in: folder).first { return first.path }
      }
      throw .noSpeechModel(searched: searched)
    }
    let candidates =
      [nameOrPath]
      + searched.flatMap { folder in
        ([""] + Self.whisperExtensions.map { "." + $0 }).map { "\(folder)/\(nameOrPath)\($0)" }
      }
    for candidate in candidates where FileManager.default.fileExists(atPath: candidate) {
      return try Self.whisperModel(at: candidate)
    }
    throw .missing(
      name: nameOrPath, kind: "speech", searched: searched,
      known: searched.flatMap { Self.whisperModels(in: $0) }.map(\.name))
  }

  /// Extensions of files that hold a whole model.
  private static let whisperExtensions = ["gguf", "pt", "bin"]

  /// The models of a folder `whisper`: the folder itself, or what it contains, by name.
  static func whisperModels(in folder: String) -> [Found] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    if names.contains("config.json") { return [whisperFound(name: "whisper", path: folder)] }
    return names.sorted().filter { !$0.hasPrefix(".") }.compactMap { name in
      (try? whisperModel(at: "\(folder)/\(name)")).map { whisperFound(name: name, path: $0) }
    }
  }

  private static func whisperFound(name: String, path: String) -> Found {
    let weights = ["/model.safetensors", "/pytorch_model.bin", "/model.bin", ""].map { path + $0 }
      .first { FileManager.default.fileExists(atPath: $0) && !isFolder($0) }
    let attributes = try? FileManager.default.attributesOfItem(atPath: weights ?? path)
    return Found(
      name: name, kind: "whisper", path: path, byteCount: attributes?[.size] as? Int ?? 0)
  }

  /// A file with one of the extensions; of a folder its only such file, or the folder itself where it
  /// has the layout of Hugging Face or of CTranslate2.
  private static func whisperModel(at path: String) throws(Failure) -> String {
    func isModel(_ name: String) -> Bool {
      whisperExtensions.contains { name.hasSuffix("." + $0) }
    }
    guard isFolder(path) else {
      if isModel(path) || path.hasSuffix(".safetensors") || path.hasSuffix(".json") { return path }
      throw .noModelInFolder(path: path)
    }
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    if names.contains("config.json") || names.contains("model.bin") { return path }
    let files = names.filter(isModel)
    if files.count == 1 { return path + "/" + files[0] }
    if files.count > 1 { throw .ambiguous(path: path, files: files) }
    throw .noModelInFolder(path: path)
  }
}
