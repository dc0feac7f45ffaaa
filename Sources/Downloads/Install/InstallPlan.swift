package import Bytes

/// The files of a pull, and their place.
package struct InstallPlan: Sendable, Equatable {
  /// The name for messages and for the staging folder.
  package let name: String
  /// The role, where it is known before the download; otherwise the content decides.
  package let role: ModelRole?
  /// The folder below that of the role; nil for a model of one file.
  package let directory: String?
  /// The files.
  package let files: [RemoteFile]
  /// The licence, where it is known.
  package let license: String?

  package init(
    name: String, role: ModelRole?, directory: String?, files: [RemoteFile], license: String? = nil
  ) {
    self.name = name
    self.role = role
    self.directory = directory
    self.files = files
    self.license = license
  }

  /// The name of the installed file or folder.
  package var targetName: String {
    directory ?? files.first.map { Paths.name(of: $0.path) } ?? name
  }

  /// The size of all files; with an estimate, or without the files whose size is not known.
  package var expectedByteCount: Int { files.reduce(0) { $0 + ($1.expectedByteCount ?? 0) } }

  /// Whether all sizes are known exactly.
  package var isByteCountExact: Bool { files.allSatisfy { $0.byteCount != nil } }

  /// The path of the installed model, where the role is known.
  package func target(in folder: String) -> String? {
    role.map { "\(folder)/\($0.rawValue)/\(targetName)" }
  }

  /// The folder that holds the files until all are complete.
  package func staging(in folder: String) -> String {
    let parent = role.map { "\(folder)/\($0.rawValue)" } ?? folder
    return "\(parent)/\(Self.stagingName(of: name))"
  }

  /// The name of the hidden folder of a pull, `.OWNER--NAME.pull`.
  package static func stagingName(of name: String) -> String {
    ".\(name.replacing("/", with: "--")).pull"
  }

  /// The names of the models whose pull into a models folder was interrupted.
  package static func unfinishedNames(in folder: String) -> [String] {
    ([folder] + ModelRole.allCases.map { "\(folder)/\($0.rawValue)" }).flatMap { parent in
      Paths.names(in: parent).filter { $0.hasPrefix(".") && $0.hasSuffix(".pull") }
    }.map { String($0.dropFirst().dropLast(".pull".count)).replacing("--", with: "/") }
  }

  /// The bytes of earlier runs that a pull will continue with.
  package func keptByteCount(in folder: String) -> Int {
    let staging = staging(in: folder)
    return files.reduce(0) { sum, file in
      let path = "\(staging)/\(file.path)"
      return sum + (Paths.fileByteCount(path) ?? Paths.fileByteCount(path + ".part") ?? 0)
    }
  }

  /// The path of the model where it is there, with the sizes that are known.
  ///
  /// A model whose role only its content tells is known by the receipt of an earlier pull.
  package func installedPath(in folder: String) -> String? {
    if let target = target(in: folder) { return isComplete(at: target) ? target : nil }
    return ModelRole.allCases.map { "\(folder)/\($0.rawValue)/\(targetName)" }.first {
      Receipt.read(ofModelAt: $0)?.name == name && isComplete(at: $0)
    }
  }

  /// Whether the model is there.
  package func isInstalled(in folder: String) -> Bool { installedPath(in: folder) != nil }

  private func isComplete(at target: String) -> Bool {
    files.allSatisfy { file in
      let path = directory == nil ? target : "\(target)/\(file.path)"
      guard let size = Paths.fileByteCount(path) else { return false }
      return file.byteCount.map { $0 == size } ?? true
    }
  }
}

extension InstallPlan {
  /// The plan for a model of the registry.
  ///
  /// - Throws: `DownloadError.invalidAddress`.
  package init(_ model: RegistryModel, hub: Hub) throws(DownloadError) {
    var files: [RemoteFile] = []
    for file in model.files {
      files.append(
        RemoteFile(
          path: file.path, address: try hub.address(of: file.location),
          byteCount: file.byteCount, sha256: file.sha256,
          approximateByteCount: file.approximateByteCount))
    }
    self.init(
      name: model.name, role: model.role, directory: model.directory, files: files,
      license: model.license)
  }
}

extension Hub {
  /// The address of a file of the registry.
  ///
  /// - Throws: `DownloadError.invalidAddress`.
  package func address(of location: RegistryModel.Location) throws(DownloadError) -> WebAddress {
    switch location {
    case .hub(let repository, let revision, let path):
      return try address(repository: repository, revision: revision, path: path)
    case .url(let url):
      do throws(WebAddress.Invalid) { return try WebAddress(url, allowsQuery: true) } catch {
        throw .invalidAddress(error.text, reason: error.reason)
      }
    }
  }
}
