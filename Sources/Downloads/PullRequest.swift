package import Bytes

/// An argument of `models pull`: a name of the registry, a set, a repository, a file of one, or an
/// address.
package enum PullRequest: Sendable, Equatable {
  case models([RegistryModel])
  case hub(HubReference)
  case url(WebAddress)

  /// Reads one argument of `models pull`.
  ///
  /// - Throws: `DownloadError.unknownName` for an argument that is none of these, with the name that
  ///   may have been meant, and `.invalidAddress`.
  package init(
    _ text: String, registry: ModelRegistry, hub: Hub
  ) throws(DownloadError) {
    if let model = registry[text] {
      self = .models([model])
    } else if let set = registry.set(named: text) {
      self = .models(set)
    } else if let reference = HubReference(text, server: hub.endpoint.url) {
      self = .hub(reference)
    } else if text.contains("://") {
      do throws(WebAddress.Invalid) {
        self = .url(try WebAddress(text, allowsQuery: true))
      } catch {
        throw .invalidAddress(text, reason: error.reason)
      }
    } else {
      throw .unknownName(text, suggestion: registry.suggestion(for: text))
    }
  }

  /// The plans, after asking the hub for the files of a repository where that is necessary.
  ///
  /// - Parameters:
  ///   - hub: the hub.
  ///   - options: of the command.
  ///   - role: the role that a person gave; it decides for files outside the registry.
  ///   - staging: a folder for the hub's list.
  /// - Returns: a plan for each model.
  /// - Throws: `DownloadError`.
  package func plans(
    hub: Hub, options: TransferOptions, role: ModelRole?, staging: String
  ) throws(DownloadError) -> [InstallPlan] {
    switch self {
    case .models(let models):
      var plans: [InstallPlan] = []
      for model in models { plans.append(try InstallPlan(model, hub: hub)) }
      return plans
    case .url(let address):
      let name = Paths.name(of: address.withoutQuery)
      guard PlainPath.isName(name) else {
        throw .invalidAddress(address.url, reason: "the address does not end in a file name")
      }
      return [
        InstallPlan(
          name: name, role: role, directory: nil, files: [RemoteFile(path: name, address: address)])
      ]
    case .hub(let reference):
      return [try Self.plan(reference, hub: hub, options: options, role: role, staging: staging)]
    }
  }

  private static func plan(
    _ reference: HubReference, hub: Hub, options: TransferOptions, role: ModelRole?,
    staging: String
  ) throws(DownloadError) -> InstallPlan {
    let repository = reference.repository
    func remote(
      _ path: String, entry: HubListing.Entry? = nil, isFolder: Bool = false
    ) throws(DownloadError) -> RemoteFile {
      RemoteFile(
        path: isFolder ? path : Paths.name(of: path),
        address: try hub.address(
          repository: repository, revision: reference.revision, path: path),
        byteCount: entry?.byteCount, sha256: entry?.sha256, check: .hub)
    }
    if let path = reference.path {
      return InstallPlan(
        name: "\(repository)/\(path)", role: role, directory: nil, files: [try remote(path)])
    }
    let listing = try list(reference, hub: hub, options: options, staging: staging)
    switch listing.choice {
    case .ambiguous(let files): throw .ambiguousRepository(name: repository, files: files)
    case .files(let entries, let isFolder):
      var files: [RemoteFile] = []
      for entry in entries {
        files.append(try remote(entry.path, entry: entry, isFolder: isFolder))
      }
      return InstallPlan(
        name: repository, role: role, directory: isFolder ? Paths.name(of: repository) : nil,
        files: files)
    }
  }

  private static func list(
    _ reference: HubReference, hub: Hub, options: TransferOptions, staging: String
  ) throws(DownloadError) -> HubListing {
    let address = try hub.listAddress(
      repository: reference.repository, revision: reference.revision)
    Paths.makeFolders(staging)
    // Two pulls at once must not read each other's list.
    let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
    let path = "\(staging)/.\(reference.repository.replacing("/", with: "--")).\(suffix).list"
    defer { for file in [path, path + ".part", path + ".part.json"] { FileTree.remove(file) } }
    for file in [path, path + ".part"] { FileTree.remove(file) }
    _ = try FileDownload(RemoteFile(path: "list", address: address), options: options).run(to: path)
    guard let file = try? MappedFile(path: path), let bytes = try? file.copyBytes(),
      let listing = HubListing(bytes)
    else { throw .invalidList(source: address.withoutQuery, reason: "is not a list of files") }
    return listing
  }
}
