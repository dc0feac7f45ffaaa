import Checkpoints
import Foundation
import Testing

@testable import Models

/// The prefixes of questions and passages are read from the model's own description.
@Suite struct SentencePromptsTests {
  private func prompts(_ files: [String: String], folder name: String = "model") throws
    -> SentencePrompts
  {
    let parent = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: parent) }
    let folder = parent.appending(path: name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (file, text) in files { try Data(text.utf8).write(to: folder.appending(path: file)) }
    return try SentencePrompts(directory: folder.path())
  }

  @Test func aDirectorysFilesDecide() throws {
    let e5 = SentencePrompts.e5
    #expect(try prompts([:]).isEmpty)
    #expect(
      try prompts(["config.json": #"{"_name_or_path": "intfloat/multilingual-e5-base"}"#]) == e5)
    #expect(try prompts([:], folder: "multilingual-e5-small") == e5)
    #expect(try prompts(["README.md": "# Multilingual-E5-small\n"]) == e5)
    #expect(
      try prompts(["README.md": "Start with \"query: \" or \"passage: \", please.\n"]) == e5)
    #expect(try prompts(["README.md": "It is compared with e5-small and others.\n"]).isEmpty)
    #expect(try prompts([:], folder: "multilingual-e5-large-instruct").isEmpty)
    let own = #"{"prompts": {"query": "search_query: ", "document": "search_document: "}}"#
    #expect(
      try prompts(["config_sentence_transformers.json": own], folder: "e5-like")
        == SentencePrompts(query: "search_query: ", passage: "search_document: "))
    let empty = #"{"prompts": {}}"#
    #expect(try prompts(["config_sentence_transformers.json": empty], folder: "e5-small") == e5)
    #expect(throws: ModelError.self) { try prompts(["config.json": "{"]) }
  }

  @Test func aGGUFFilesEntriesDecide() throws {
    func prompts(_ entries: [(String, String)], source: String = "model.gguf") throws
      -> SentencePrompts
    {
      var metadata = Metadata()
      for (key, value) in entries { _ = metadata.append(key: key, value: .string(value)) }
      return try SentencePrompts(gguf: metadata, source: source)
    }
    #expect(try prompts([]).isEmpty)
    #expect(try prompts([("general.name", "Multilingual E5 Small")]) == .e5)
    #expect(try prompts([], source: "/m/multilingual-e5-small-q8_0.gguf") == .e5)
    #expect(
      try prompts([
        ("general.name", "Multilingual E5 Small"), ("swiftrag.embedding.query_prefix", "q: "),
        ("swiftrag.embedding.passage_prefix", ""),
      ]) == SentencePrompts(query: "q: "))
  }
}
