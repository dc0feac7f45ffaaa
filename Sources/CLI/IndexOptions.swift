internal import Bytes
internal import ArgumentParser
internal import Documents
internal import Foundation
internal import RAG
internal import Store
internal import SwiftRAG

/// The flag of a command that opens an index.
struct IndexOptions: ParsableArguments {
  @Option(help: "The index file (default: index.sqlite in the user's data folder).")
  var index: String?

  /// The setting that the flag gives.
  var settings: [SettingFlag] {
    [SettingFlag(.indexPath, "--index", index)].compactMap { $0 }
  }
}

/// The flag of a command that reads documents.
struct ReadingOptions: ParsableArguments {
  @Option(help: "Read words in pictures with tesseract: auto (if installed), off or on.")
  var ocr: String?

  /// The setting that the flag gives.
  var settings: [SettingFlag] { [SettingFlag(.ocr, "--ocr", ocr)].compactMap { $0 } }
}

/// The flags of a command that searches.
struct SearchOptions: ParsableArguments {
  @Option(
    name: [.customShort("k"), .long], help: "How many passages to retrieve (default: top_k, 5).")
  var topK: Int?

  @Option(help: "How to search: hybrid (words and meaning), dense (meaning) or keyword (words).")
  var mode: String?

  @Option(help: "Only documents below this folder, this file, or matching a pattern like '*.pdf'.")
  var path: [String] = []

  @Option(help: "Only documents of this type; picture finds those inside other documents too.")
  var type: [DocumentTypeArgument] = []

  /// The settings that these flags give.
  var settings: [SettingFlag] {
    [SettingFlag(.topK, "--top-k", topK), SettingFlag(.searchMode, "--mode", mode)]
      .compactMap { $0 }
  }

  /// The documents that may be found.
  func filter(additionalPaths: [String] = []) -> SearchFilter {
    SearchFilter(paths: path + additionalPaths, types: type.map(\.type.name))
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

/// Says which of the values of `--path` match no document, so that nothing can be found there.
func noteUnmatched(_ paths: [String], in knowledge: KnowledgeBase) throws {
  for path in paths where try !knowledge.hasDocument(matching: path) {
    Terminal.note(
      "--path \(shownName(path)) matches no document in the index; swiftrag index ls lists them")
  }
}

/// Fails if a path on the command line does not exist.
func requireExisting(_ paths: [String]) throws {
  for path in paths where !FileManager.default.fileExists(atPath: path) {
    throw CommandFailure("\(shownName(path)): no such file or folder", .missingInput, path: path)
  }
}

/// Fails if no file can be created at `path`, before any work is done for it.
func requireCreatable(_ path: String) throws {
  var isFolder: ObjCBool = false
  if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
    throw CommandFailure(
      "\(path): is a folder; give the path of the file to write", .cannotCreate, path: path)
  }
  let parent = Paths.folder(of: path)
  guard !path.isEmpty, FileManager.default.isWritableFile(atPath: parent) else {
    throw CommandFailure(
      "'\(path)': cannot be created (no such folder, or no permission)",
      .cannotCreate, path: path)
  }
}
