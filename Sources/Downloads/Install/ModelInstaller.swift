internal import Bytes
internal import Glibc
internal import Synchronization

/// Downloads a model's files side by side, checks them, and makes the whole model appear at once.
///
/// All files are collected in a hidden folder beside the model. Only when each of them has its size and
/// SHA-256, and the content is a model of the expected role, the folder or the file gets its name.
/// After a failure the hidden folder stays, and the next pull continues.
package struct ModelInstaller: Sendable {
  /// The models folder.
  package let folder: String
  package let options: TransferOptions
  /// The role of the model at a path, by its content; throws the reason where there is none.
  package let identify: @Sendable (_ path: String) throws(NotAModel) -> ModelRole
  /// Receives the progress.
  package let report: @Sendable (Event) -> Void

  /// Files that are downloaded at a time: a hub's server gives each connection a share.
  static let laneCount = 3

  /// Why a path does not contain a model.
  package struct NotAModel: Error {
    package let reason: String
    package init(reason: String) { self.reason = reason }
  }

  /// A step of an installation.
  package enum Event: Sendable, Equatable {
    /// Another process installs the same model.
    case waiting
    /// The bytes so far and those expected, of all files.
    case progress(byteCount: Int, total: Int)
  }

  /// An installed model.
  package struct Installed: Sendable, Equatable {
    /// The file or folder.
    package let path: String
    package let role: ModelRole
    /// The files with their digests; empty where the model was there before.
    package let files: [DownloadedFile]
  }

  package init(
    folder: String, options: TransferOptions,
    identify: @escaping @Sendable (_ path: String) throws(NotAModel) -> ModelRole,
    report: @escaping @Sendable (Event) -> Void = { _ in }
  ) {
    self.folder = folder
    self.options = options
    self.identify = identify
    self.report = report
  }

  /// Installs a model unless it is there.
  ///
  /// - Parameters:
  ///   - plan: the files and their place.
  ///   - replaces: whether a model of that name is replaced.
  /// - Returns: where it is.
  /// - Throws: `DownloadError`; the models folder is then unchanged but for the hidden folder.
  package func install(
    _ plan: InstallPlan, replaces: Bool = false
  ) throws(DownloadError) -> Installed {
    if !replaces, let present = present(plan) { return present }
    let staging = try StagingFolder.lock(
      plan.staging(in: folder), isCancelled: options.isCancelled,
      waiting: { report(.waiting) })
    // Until the receipt is written, a second process must wait.
    defer { withExtendedLifetime(staging) {} }
    // The process that had the lock may have installed it.
    if !replaces, let present = present(plan) {
      staging.remove()
      return present
    }
    let files: [DownloadedFile]
    do throws(DownloadError) { files = try download(plan, into: staging) } catch {
      // Without a byte to continue with, nothing is left behind.
      let kept = plan.keptByteCount(in: folder)
      if kept == 0 { staging.remove() }
      // The error of one file knows only the bytes of that file.
      if case .cancelled = error { throw .cancelled(byteCount: kept) }
      if case .cannotWrite(_, ENOSPC, _) = error {
        throw .noSpace(
          folder: folder, needed: max(0, plan.expectedByteCount - kept),
          available: FreeSpace.byteCount(at: folder) ?? 0, kept: kept)
      }
      throw error
    }
    staging.synchronize()
    let role = try checkedRole(plan, staging)
    let target = "\(folder)/\(role.rawValue)/\(plan.targetName)"
    try place(plan, from: staging, at: target)
    try Receipt(name: plan.name, license: plan.license, files: files).write(ofModelAt: target)
    return Installed(path: target, role: role, files: files)
  }

  private func present(_ plan: InstallPlan) -> Installed? {
    guard let path = plan.installedPath(in: folder),
      let role = ModelRole(rawValue: Paths.name(of: Paths.folder(of: path)))
    else { return nil }
    return Installed(path: path, role: role, files: [])
  }

  private func checkedRole(
    _ plan: InstallPlan, _ staging: StagingFolder
  ) throws(DownloadError) -> ModelRole {
    let path =
      plan.directory == nil
      ? "\(staging.path)/\(plan.files.first?.path ?? "")" : staging.path
    let role: ModelRole
    do throws(NotAModel) { role = try identify(path) } catch {
      staging.remove()
      throw .notAModel(name: plan.name, reason: error.reason)
    }
    if let expected = plan.role, role != expected {
      staging.remove()
      throw .notAModel(
        name: plan.name, reason: "it belongs into \(role.rawValue), not into \(expected.rawValue)")
    }
    return role
  }

  private func place(
    _ plan: InstallPlan, from staging: StagingFolder, at target: String
  ) throws(DownloadError) {
    if plan.directory == nil {
      try FileTree.move("\(staging.path)/\(plan.files.first?.path ?? "")", to: target)
      staging.remove()
    } else if Paths.isFolder(target) {
      // A person may have other files in it; each of ours replaces its predecessor.
      for file in plan.files {
        try FileTree.move("\(staging.path)/\(file.path)", to: "\(target)/\(file.path)")
      }
      staging.remove()
    } else {
      try FileTree.move(staging.path, to: target)
    }
  }

  // MARK: Files side by side

  private func download(
    _ plan: InstallPlan, into staging: StagingFolder
  ) throws(DownloadError) -> [DownloadedFile] {
    let work = PullWork(plan.files, report: report)
    let lanes = min(Self.laneCount, plan.files.count)
    let options = self.options
    let path = staging.path
    Threads.run(lanes) {
      while let (index, file) = work.next() {
        let target = "\(path)/\(file.path)"
        Paths.makeFolders(Paths.folder(of: target))
        var laneOptions = options
        laneOptions.isCancelled = { options.isCancelled() || work.hasFailed }
        let download = FileDownload(file, options: laneOptions) { byteCount, total in
          work.update(index, byteCount: byteCount, total: total)
        }
        do throws(DownloadError) {
          if let file = Self.finished(file, at: target) {
            work.finish(index, file)
          } else {
            work.finish(index, try download.run(to: target))
          }
        } catch {
          work.fail(error)
        }
      }
    }
    return try work.result()
  }

  /// A file that an earlier run has completed in the hidden folder, if its digest is still right.
  private static func finished(_ file: RemoteFile, at path: String) -> DownloadedFile? {
    guard let expected = file.sha256, let size = Paths.fileByteCount(path),
      let digest = try? SHA256Digest.of(MappedFile(path: path)), digest == expected
    else { return nil }
    return DownloadedFile(
      path: file.path, byteCount: size, sha256: digest, check: file.check,
      url: file.address.withoutQuery)
  }
}

/// The files that are left, and the progress of all; used by several threads.
private final class PullWork: Sendable {
  private struct State {
    var next = 0
    var byteCounts: [Int]
    var totals: [Int]
    var finished: [DownloadedFile?]
    var failure: DownloadError?
  }

  private let files: [RemoteFile]
  private let report: @Sendable (ModelInstaller.Event) -> Void
  private let state: Mutex<State>

  init(_ files: [RemoteFile], report: @escaping @Sendable (ModelInstaller.Event) -> Void) {
    self.files = files
    self.report = report
    state = Mutex(
      State(
        byteCounts: files.map { _ in 0 }, totals: files.map { $0.expectedByteCount ?? 0 },
        finished: files.map { _ in nil }))
  }

  /// The next file; nil after the last or after a failure.
  func next() -> (Int, RemoteFile)? {
    state.withLock { state in
      guard state.failure == nil, state.next < files.count else { return nil }
      defer { state.next += 1 }
      return (state.next, files[state.next])
    }
  }

  var hasFailed: Bool { state.withLock { $0.failure != nil } }

  func update(_ index: Int, byteCount: Int, total: Int?) {
    let event = state.withLock { state in
      state.byteCounts[index] = byteCount
      if let total { state.totals[index] = total }
      return ModelInstaller.Event.progress(
        byteCount: state.byteCounts.reduce(0, +), total: state.totals.reduce(0, +))
    }
    report(event)
  }

  func finish(_ index: Int, _ file: DownloadedFile) {
    state.withLock { $0.finished[index] = file }
  }

  /// Keeps the first failure: the others are its consequence.
  func fail(_ error: DownloadError) {
    state.withLock { $0.failure = $0.failure ?? error }
  }

  func result() throws(DownloadError) -> [DownloadedFile] {
    let (failure, finished) = state.withLock { ($0.failure, $0.finished) }
    if let failure { throw failure }
    return finished.compactMap { $0 }
  }
}
