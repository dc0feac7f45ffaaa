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

  /// A filter whose existing paths are places in their stored form, whatever marks their names have;
  /// the others are patterns.
  static func filter(_ typed: SearchFilter) -> SearchFilter {
    let places = typed.paths.compactMap { Paths.canonical($0) }
    let patterns = typed.paths.filter { Paths.canonical($0) == nil }
    return SearchFilter(paths: patterns, places: typed.places + places, types: typed.types)
  }
}
