internal import Bytes
internal import ArgumentParser
internal import Foundation
internal import SwiftRAG

/// The command `swiftrag search QUERY`.
struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Show the passages and pictures that match a question, words or a picture.",
    discussion: """
        swiftrag search "opening hours"
        swiftrag search "hydraulic pressure" --mode keyword -k 10 --type pdf
        swiftrag search "late fees" --path ~/contracts --jsonl
        swiftrag search "a cat on a keyboard" --type picture
        swiftrag search --image photo.jpg
      """)

  @Argument(help: "Words or a question; - reads them from standard input.")
  var query: String?

  @Option(
    help: "Find pictures like this one, and the text beside them.", completion: .file())
  var image: String?

  @Flag(help: "Print one JSON array.")
  var json = false

  @Flag(help: "Print one JSON object per line.")
  var jsonl = false

  @OptionGroup var search: SearchOptions
  @OptionGroup var index: IndexOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (query == nil) != (image == nil) else {
      throw ValidationError("Give either words to search for, or a picture with --image.")
    }
  }

  func run() throws {
    common.apply()
    let runtime = try makeRuntime(compute.settings + index.settings + search.settings)
    let passages = try passages(runtime)
    if json { return try answerJSON(passages) }
    if jsonl {
      for passage in passages { try answerJSON(passage, pretty: false) }
      return
    }
    guard !passages.isEmpty else { return Terminal.note("nothing found") }
    let renderer = AnswerRenderer(isVerbose: common.verbose)
    for (position, passage) in passages.enumerated() {
      if position > 0 { Terminal.answer("") }
      for line in renderer.lines(for: passage, number: position + 1) { Terminal.answer(line) }
    }
  }
}

extension SearchCommand {
  private func passages(_ runtime: Runtime) throws -> [Passage] {
    let text = try query.map(textArgument)
    if let image { try requireExisting([image]) }
    let knowledge = try KnowledgeBase(withoutLanguageModel: runtime, mayCreate: false)
    try noteUnmatched(search.path, in: knowledge)
    if let image { return try knowledge.search(pictureAt: image, filter: search.filter()) }
    return try knowledge.search(text ?? "", filter: search.filter())
  }
}

/// The argument, or standard input if the argument is `-`.
func textArgument(_ argument: String) throws -> String {
  guard argument == "-" else { return try requireText(argument) }
  return try requireText(String(decoding: try standardInput(), as: UTF8.self))
}

/// All of standard input; no bytes if it is closed.
func standardInput() throws -> Data {
  do { return try FileHandle.standardInput.readToEnd() ?? Data() } catch {
    throw CommandFailure("cannot read standard input", .missingInput)
  }
}

/// The text without surrounding white space; fails if nothing is left.
func requireText(_ text: String) throws -> String {
  let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
  guard !trimmed.isEmpty else {
    throw CommandFailure("the text is empty", .usage)
  }
  return trimmed
}
