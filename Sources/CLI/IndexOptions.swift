internal import Bytes
internal import ArgumentParser
internal import Documents
internal import Foundation
internal import RAG
internal import Store
internal import SwiftRAG

/// The flag of every command that opens an index.
struct IndexOptions: ParsableArguments {
  @Option(help: "The index file (default: index.sqlite in the user's data folder).")
  var index: String?

  var settings: [Setting: String] {
    var settings: [Setting: String] = [:]
    settings[.indexPath] = index
    return settings
  }
}

/// The flags of every command that searches.
struct SearchOptions: ParsableArguments {
  @Option(name: [.customShort("k"), .long], help: "How many passages (default: 5).")
  var topK: Int?

  @Option(help: "hybrid (words and meaning), dense (meaning) or keyword (words).")
  var mode: String?

  @Option(help: "Only documents below this folder, this file, or a pattern like '*.pdf'.")
  var path: [String] = []

  @Option(help: "Only this type: \(DocumentType.names).")
  var type: [DocumentTypeArgument] = []

  var settings: [Setting: String] {
    var settings: [Setting: String] = [:]
    settings[.topK] = topK.map(String.init)
    settings[.searchMode] = mode
    return settings
  }

  /// The documents that may be found; paths that exist are made absolute, others are patterns.
  func filter(additionalPaths: [String] = []) -> SearchFilter {
    SearchFilter(
      paths: (path + additionalPaths).map { Paths.canonical($0) ?? $0 },
      types: type.map(\.type.name))
  }
}

/// A document type on the command line, by its stable name.
struct DocumentTypeArgument: ExpressibleByArgument {
  let type: DocumentType

  init?(argument: String) {
    guard let type = DocumentType(name: argument) else { return nil }
    self.type = type
  }

  static var allValueStrings: [String] { DocumentType.all.map(\.name) }
}

/// Fails, with exit code 66, when a path that a person typed does not exist.
func requireExisting(_ paths: [String]) throws {
  for path in paths where !FileManager.default.fileExists(atPath: path) {
    throw CommandFailure("\(path): no such file or folder", status: ExitStatus.noInput)
  }
}

/// Fails when no file can be made at `path`, before work is done for it.
func requireCreatable(_ path: String) throws {
  var isFolder: ObjCBool = false
  if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
    throw CommandFailure(
      "\(path): is a folder; name the file to write", status: ExitStatus.cannotCreate)
  }
  let parent = Paths.folder(of: path)
  guard !path.isEmpty, FileManager.default.isWritableFile(atPath: parent) else {
    throw CommandFailure(
      "'\(path)': no file can be made there (no such folder, or no permission)",
      status: ExitStatus.cannotCreate)
  }
}
