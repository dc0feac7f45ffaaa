internal import Bytes
internal import Downloads

/// Models that other programs have downloaded, used where they are and never changed.
struct ModelPlaces {
  let environment: [String: String]

  /// A model of another program.
  struct Entry: Equatable {
    /// The name that commands accept: `OWNER/NAME`, `small.pt`, `mistral:7b`.
    let name: String
    /// The file or folder.
    let path: String
    /// The program, in words.
    let place: String
    /// The role, where the place says it.
    let role: ModelRole?
  }

  /// All entries, in the order of the search.
  var entries: [Entry] { openAICaches + huggingFaceCache + ollamaStore }

  private var home: String { environment["HOME"] ?? "" }

  // MARK: The caches of OpenAI's packages

  /// `~/.cache/whisper` and `~/.cache/clip`.
  ///
  /// - Source: openai-whisper's `load_model` honours XDG_CACHE_HOME, CLIP's `load` does not.
  private var openAICaches: [Entry] {
    let cache = environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? home + "/.cache"
    return files(in: cache + "/whisper", place: "the cache of openai-whisper", role: .whisper)
      + files(in: home + "/.cache/clip", place: "the cache of OpenAI's CLIP", role: .clip)
  }

  private func files(in folder: String, place: String, role: ModelRole) -> [Entry] {
    Paths.names(in: folder).filter { $0.hasSuffix(".pt") && !$0.hasPrefix(".") }.map {
      Entry(name: $0, path: "\(folder)/\($0)", place: place, role: role)
    }
  }

  // MARK: Hugging Face

  /// The current snapshot of each repository in the hub's cache.
  ///
  /// - Source: huggingface_hub, `constants.py` and the page "Understand caching":
  ///   `models--OWNER--NAME/snapshots/COMMIT/`, with `refs/main` naming the commit.
  private var huggingFaceCache: [Entry] {
    guard let hub = hubFolder else { return [] }
    return Paths.names(in: hub).filter { $0.hasPrefix("models--") }.flatMap { name in
      guard let snapshot = snapshot(of: "\(hub)/\(name)") else { return [Entry]() }
      let repository = String(name.dropFirst(8)).replacing("--", with: "/")
      return models(in: snapshot, repository: repository)
    }
  }

  private var hubFolder: String? {
    for name in ["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"] {
      if let folder = environment[name], !folder.isEmpty { return folder }
    }
    return Hub.cacheFolder(environment: environment).map { $0 + "/hub" }
  }

  private func snapshot(of repository: String) -> String? {
    let snapshots = repository + "/snapshots"
    if let bytes = MappedFile.smallContents(path: repository + "/refs/main", below: 256) {
      let commit = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
      if let commit = commit.first, PlainPath.isName(commit),
        Paths.isFolder("\(snapshots)/\(commit)")
      {
        return "\(snapshots)/\(commit)"
      }
    }
    return Paths.names(in: snapshots).last { !$0.hasPrefix(".") }.map { "\(snapshots)/\($0)" }
  }

  private func models(in snapshot: String, repository: String) -> [Entry] {
    let place = "Hugging Face's cache"
    let names = Paths.names(in: snapshot)
    let files = names.filter { $0.hasSuffix(".gguf") || $0.hasSuffix(".pt") }
    if !files.isEmpty {
      return files.map {
        Entry(name: "\(repository)/\($0)", path: "\(snapshot)/\($0)", place: place, role: nil)
      }
    }
    guard names.contains("config.json") else { return [] }
    return [Entry(name: repository, path: snapshot, place: place, role: nil)]
  }

  // MARK: ollama

  /// The models of ollama's manifests, whose weights are GGUF files named by their digest.
  ///
  /// - Source: ollama's `docs/faq` (OLLAMA_MODELS, `~/.ollama/models`, `/usr/share/ollama` for the
  ///   service) and its manifests: layers with `mediaType` and `digest`.
  private var ollamaStore: [Entry] {
    let store =
      environment["OLLAMA_MODELS"].flatMap { $0.isEmpty ? nil : $0 } ?? home + "/.ollama/models"
    let manifests = store + "/manifests"
    return folders(manifests, depth: 3).flatMap { folder in
      Paths.names(in: folder).filter { !$0.hasPrefix(".") }.compactMap { tag in
        guard let blob = weights(ofManifest: "\(folder)/\(tag)", store: store) else { return nil }
        return Entry(
          name: "\(Paths.name(of: folder)):\(tag)", path: blob, place: "ollama's store", role: nil)
      }
    }
  }

  private func folders(_ folder: String, depth: Int) -> [String] {
    guard depth > 0 else { return Paths.isFolder(folder) ? [folder] : [] }
    return Paths.names(in: folder).filter { !$0.hasPrefix(".") }
      .flatMap { folders("\(folder)/\($0)", depth: depth - 1) }
  }

  private func weights(ofManifest path: String, store: String) -> String? {
    guard let bytes = MappedFile.smallContents(path: path, below: 1 << 20),
      let json = try? JSONValue.parse(bytes)
    else { return nil }
    let layer = json["layers"]?.arrayValue?.first {
      $0["mediaType"]?.stringValue == "application/vnd.ollama.image.model"
    }
    guard let digest = layer?["digest"]?.stringValue, digest.hasPrefix("sha256:"),
      SHA256Digest(hex: digest.dropFirst(7)) != nil
    else { return nil }
    let blob = "\(store)/blobs/\(digest.replacing(":", with: "-"))"
    return Paths.exists(blob) ? blob : nil
  }
}
