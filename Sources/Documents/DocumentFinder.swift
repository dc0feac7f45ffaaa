import Bytes
import Glibc

/// Finds the documents under files and folders.
///
/// A folder is searched with all folders in it, in byte order of the names. Hidden files and
/// folders (such as `.git`) and the owner files of Office are skipped silently; files with another
/// file name extension are counted. A path given by the caller is always included: if it is not a
/// document, reading it gives the reason.
/// Symbolic links are followed; a folder that was visited already is not entered again, which also
/// ends cycles.
package struct DocumentFinder: Sendable {
  /// The result of a search.
  package struct Findings: Sendable, Equatable {
    /// Paths in the order of the search, without duplicates: as given, or a given folder with the
    /// names below it.
    package var files: [String] = []
    /// Paths that do not exist, files and folders that cannot be looked at, names that are not UTF-8.
    package var problems: [DocumentError] = []
    /// Number of files of other types by file name extension, in lower case; without one, by "".
    package var passedOver: [String: Int] = [:]
  }

  /// Maximum depth below a given folder; deeper folders are reported and not searched.
  ///
  /// A path has at most 4,096 bytes (PATH_MAX), so real trees are far from this depth.
  package static let maximumDepth = 128

  package init() {}

  /// Searches.
  ///
  /// - Parameter paths: files and folders, relative to the current folder or absolute.
  /// - Returns: files and problems; nothing is thrown, so that one bad path does not hide the
  ///   others.
  /// - Complexity: O(entries) system calls.
  package func find(_ paths: [String]) -> Findings {
    var search = Search()
    for path in paths { search.addGiven(path) }
    return search.findings
  }

  private struct Search {
    var findings = Findings()
    private var visitedFolders: Set<FileIdentity> = []
    private var takenPaths: Set<ExactPath> = []

    mutating func addGiven(_ path: String) {
      var status = stat()
      guard unsafe stat(path, &status) == 0 else {
        let reason = systemMessage(errno)
        return findings.problems.append(.cannotOpen(path: path, reason: reason))
      }
      if status.st_mode & S_IFMT == S_IFDIR {
        addFolder(path, FileIdentity(status), depth: 0)
      } else if let kind = FileContents.irregularKind(mode: status.st_mode) {
        findings.problems.append(.notARegularFile(path: path, kind: kind))
      } else {
        addFile(path)
      }
    }

    private mutating func addFile(_ path: String) {
      if takenPaths.insert(ExactPath(path)).inserted { findings.files.append(path) }
    }

    private mutating func addFolder(_ path: String, _ identity: FileIdentity, depth: Int) {
      guard visitedFolders.insert(identity).inserted else { return }
      guard depth <= DocumentFinder.maximumDepth else {
        let reason = "more than \(DocumentFinder.maximumDepth) folders deep"
        return findings.problems.append(.cannotList(path: path, reason: reason))
      }
      for name in names(in: path) where !name.hasPrefix(".") {
        let child = path.hasSuffix("/") ? path + name : path + "/" + name
        var status = stat()
        guard unsafe stat(child, &status) == 0 else {
          addProblem(child, errno)
          continue
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: addFolder(child, FileIdentity(status), depth: depth + 1)
        case S_IFREG where isOwnerFile(name, status): break
        case S_IFREG where DocumentReader.supported(child): addFile(child)
        case S_IFREG: findings.passedOver[Self.fileExtension(name), default: 0] += 1
        default: break
        }
      }
    }

    private func isOwnerFile(_ name: String, _ status: stat) -> Bool {
      OfficeOwnerFile.isName(name) && status.st_size <= OfficeOwnerFile.maximumByteCount
    }

    /// Notes what cannot be looked at; dangling links and files that have just been deleted are
    /// skipped.
    private mutating func addProblem(_ path: String, _ code: Int32) {
      guard code != ENOENT, code != ENOTDIR, code != ELOOP else { return }
      findings.problems.append(.cannotOpen(path: path, reason: systemMessage(code)))
    }

    /// The file name extension in lower case; "" without one.
    private static func fileExtension(_ name: String) -> String {
      let parts = name.utf8.split(
        separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      guard parts.count > 1, let last = parts.last else { return "" }
      return String(decoding: last, as: UTF8.self).lowercased()
    }

    private mutating func names(in path: String) -> [String] {
      guard let folder = unsafe opendir(path) else {
        let reason = systemMessage(errno)
        findings.problems.append(.cannotList(path: path, reason: reason))
        return []
      }
      defer { unsafe closedir(folder) }
      var names: [String] = []
      // Only errno tells the end of a folder from an error.
      errno = 0
      while let entry = unsafe readdir(folder) {
        defer { errno = 0 }
        let bytes = unsafe Self.nameBytes(entry)
        if let name = String(validating: bytes, as: UTF8.self) {
          names.append(name)
        } else {
          let shown = path + "/" + String(decoding: bytes, as: UTF8.self)
          findings.problems.append(
            .cannotOpen(path: shown, reason: "the name is not UTF-8; rename it"))
        }
      }
      if errno != 0 {
        findings.problems.append(.cannotList(path: path, reason: systemMessage(errno)))
      }
      return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func nameBytes(_ entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
      unsafe withUnsafeBytes(of: &entry.pointee.d_name) { name in
        unsafe Array(name.prefix { $0 != 0 })
      }
    }
  }

  private struct FileIdentity: Hashable {
    let device: dev_t
    let inode: ino_t

    init(_ status: stat) {
      device = status.st_dev
      inode = status.st_ino
    }
  }
}
