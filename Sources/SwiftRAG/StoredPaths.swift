internal import Bytes
import Foundation
internal import Store
internal import RAG

/// Paths in the form in which the index has them: absolute, without symbolic links.
enum StoredPaths {
  /// The stored form of a path that a person typed.
  ///
  /// A deleted file has no canonical path; the index has the absolute path that it had.
  static func path(_ typed: String) -> String {
    if let canonical = Paths.canonical(typed) { return canonical }
    return typed.hasPrefix("/") ? typed : FileManager.default.currentDirectoryPath + "/" + typed
  }

  /// A filter whose existing paths are in their stored form; the others are patterns.
  static func filter(_ typed: SearchFilter) -> SearchFilter {
    SearchFilter(paths: typed.paths.map { Paths.canonical($0) ?? $0 }, types: typed.types)
  }
}
