internal import Bytes

extension RegistryModel {
  /// Why an entry cannot be used.
  struct Invalid: Error {
    let reason: String
  }

  static let keys: Set<String> = [
    "name", "aliases", "role", "title", "quantization", "license", "conditions", "gated",
    "memory_bytes", "directory", "repository", "revision", "files",
  ]

  /// Reads an entry; the page on the models folder documents its keys.
  ///
  /// - Throws: `Invalid`.
  init(json: JSONValue) throws(Invalid) {
    guard let members = json.members else { throw Invalid(reason: "must be an object") }
    let given = json["name"]?.stringValue ?? "without a name"
    func invalid(_ reason: String) -> Invalid { Invalid(reason: "model '\(given)': \(reason)") }
    if let unknown = members.first(where: { !Self.keys.contains($0.key) }) {
      throw invalid("'\(unknown.key)' is not a key of a model")
    }
    func text(_ key: String) throws(Invalid) -> String {
      guard let value = json[key]?.stringValue, !value.isEmpty else {
        throw invalid("'\(key)' must be a text")
      }
      return value
    }
    name = try text("name")
    title = try text("title")
    license = try text("license")
    guard PlainPath.isName(name), name == name.lowercased(), !name.contains(" ") else {
      throw invalid("the name must be in lower case and without spaces")
    }
    guard let role = ModelRole(rawValue: try text("role")) else {
      throw invalid("'role' must be llm, embeddings, clip or whisper")
    }
    self.role = role
    aliases = (json["aliases"]?.arrayValue ?? []).compactMap(\.stringValue)
    quantization = json["quantization"]?.stringValue
    conditions = json["conditions"]?.stringValue
    isGated = json["gated"]?.boolValue ?? false
    memoryByteCount = json["memory_bytes"]?.integerValue
    directory = json["directory"]?.stringValue
    if let directory, !PlainPath.isName(directory) {
      throw invalid("'directory' must be a plain name")
    }
    let repository = json["repository"]?.stringValue
    let revision = json["revision"]?.stringValue ?? "main"
    var files: [File] = []
    for entry in json["files"]?.arrayValue ?? [] {
      do throws(Invalid) {
        files.append(try File(json: entry, repository: repository, revision: revision))
      } catch {
        throw invalid(error.reason)
      }
    }
    guard !files.isEmpty, directory != nil || files.count == 1 else {
      throw invalid("needs 'files', and with several a 'directory'")
    }
    self.files = files
  }
}

extension RegistryModel.File {
  static let keys: Set<String> = [
    "path", "url", "repository", "revision", "remote_path", "bytes", "approximate_bytes", "sha256",
    "sha256_source",
  ]

  /// Reads a file's entry.
  ///
  /// - Throws: `RegistryModel.Invalid`.
  init(
    json: JSONValue, repository: String?, revision: String
  ) throws(RegistryModel.Invalid) {
    guard let path = json["path"]?.stringValue, PlainPath.isSafe(path) else {
      throw .init(reason: "a file needs a 'path' below the model's folder")
    }
    if let unknown = json.members?.first(where: { !Self.keys.contains($0.key) }) {
      throw .init(reason: "\(path): '\(unknown.key)' is not a key of a file")
    }
    self.path = path
    if let url = json["url"]?.stringValue {
      guard (try? WebAddress(url, allowsQuery: true)) != nil else {
        throw .init(reason: "\(path): 'url' must begin with https://")
      }
      location = .url(url)
    } else if let repository = json["repository"]?.stringValue ?? repository {
      guard HubReference.isRepository(repository) else {
        throw .init(reason: "\(path): 'repository' must be OWNER/NAME")
      }
      location = .hub(
        repository: repository, revision: json["revision"]?.stringValue ?? revision,
        path: json["remote_path"]?.stringValue ?? path)
    } else {
      throw .init(reason: "\(path): needs 'url' or 'repository'")
    }
    byteCount = json["bytes"]?.integerValue
    approximateByteCount = json["approximate_bytes"]?.integerValue
    sha256Source = json["sha256_source"]?.stringValue
    if let text = json["sha256"]?.stringValue {
      guard let digest = SHA256Digest(hex: text), sha256Source != nil else {
        throw .init(
          reason: "\(path): 'sha256' must have 64 digits in lower case, and a 'sha256_source'")
      }
      sha256 = digest
    } else {
      sha256 = nil
    }
  }
}
