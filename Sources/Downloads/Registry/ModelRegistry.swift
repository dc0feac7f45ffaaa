internal import Bytes

/// The models that can be downloaded by name.
package struct ModelRegistry: Sendable {
  /// A set of models under one name, such as `all`.
  package struct Bundle: Sendable, Equatable {
    package let name: String
    package let models: [String]
  }

  /// The models, by their order in the files.
  package private(set) var models: [RegistryModel] = []
  /// The sets.
  package private(set) var bundles: [Bundle] = []

  /// The version of the schema that this program reads.
  static let schema = 1
  /// A registry larger than this is refused; ours has about 30 KiB.
  static let byteLimit = 4 << 20

  /// An empty registry.
  package init() {}

  /// Reads registry files; a model of a later file replaces one of its name.
  ///
  /// - Parameter paths: files that exist or not; missing ones are skipped.
  /// - Throws: `DownloadError.invalidList` naming the file and the model.
  package init(paths: [String]) throws(DownloadError) {
    for path in paths where Paths.exists(path) { try add(fileAt: path) }
  }

  /// Adds the models of a registry file.
  ///
  /// - Throws: `DownloadError.invalidList`.
  package mutating func add(fileAt path: String) throws(DownloadError) {
    let json: JSONValue
    do {
      let file = try MappedFile(path: path)
      guard file.byteCount <= Self.byteLimit else {
        throw DownloadError.invalidList(source: path, reason: "is larger than a registry can be")
      }
      json = try JSONValue.parse(file.copyBytes())
    } catch {
      throw .invalidList(source: path, reason: "\(error)")
    }
    do throws(RegistryModel.Invalid) { try add(json) } catch {
      throw .invalidList(source: path, reason: error.reason)
    }
  }

  private mutating func add(_ json: JSONValue) throws(RegistryModel.Invalid) {
    guard json["schema"]?.integerValue == Self.schema else {
      throw .init(reason: "'schema' must be \(Self.schema)")
    }
    for entry in json["models"]?.arrayValue ?? [] {
      let model = try RegistryModel(json: entry)
      if let index = models.firstIndex(where: { $0.name == model.name }) {
        models[index] = model
      } else {
        models.append(model)
      }
    }
    for member in json["sets"]?.members ?? [] {
      let names = (member.value.arrayValue ?? []).compactMap(\.stringValue)
      for name in names where self[name] == nil {
        throw .init(reason: "the set '\(member.key)' contains '\(name)', which is not a model")
      }
      bundles.removeAll { $0.name == member.key }
      bundles.append(Bundle(name: member.key, models: names))
    }
  }

  /// The model with a name or an alias, in any case; nil where there is none.
  package subscript(name: String) -> RegistryModel? {
    let name = name.lowercased()
    return models.first { $0.name == name } ?? models.first { $0.aliases.contains(name) }
  }

  /// The models of a set; nil where there is no such set.
  package func set(named name: String) -> [RegistryModel]? {
    bundles.first { $0.name == name.lowercased() }?.models.compactMap { self[$0] }
  }

  /// The name that a person may have meant: the one with the fewest differences, if they are few.
  package func suggestion(for name: String) -> String? {
    let names = models.flatMap { [$0.name] + $0.aliases } + bundles.map(\.name)
    return closestName(to: name, in: names)
  }
}
