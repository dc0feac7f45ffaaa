internal import ArgumentParser
internal import Foundation
internal import RAG
internal import SwiftRAG
internal import Tokenizers

/// The command `swiftrag tokenize TEXT`.
struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize", abstract: "Show the token ids of a text.",
    discussion: """
        swiftrag tokenize "unbelievable"
        swiftrag tokenize --jsonl < strings.jsonl     JSON strings in, arrays of ids out
      """)

  @Argument(help: "The text.")
  var text: String?

  @Flag(help: "Read JSON strings, one a line, and print arrays of ids.")
  var jsonl = false

  @OptionGroup var compute: ComputeOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if text == nil && !jsonl { throw ValidationError("Give a text, or --jsonl.") }
  }

  func run() throws {
    common.apply()
    let tokenizer = try KnowledgeBase.loadEncoder(
      configuration: try resolveConfiguration(compute.settings)
    ).tokenizer
    if let text {
      for id in tokenizer.encode(text) {
        Terminal.answer("\(id)\t\(printable(tokenizer.piece(id) ?? ""))")
      }
      return
    }
    let decoder = JSONDecoder()
    while let line = readLine() {
      guard let text = try? decoder.decode(String.self, from: Data(line.utf8)) else {
        throw CommandFailure(
          "a line is no JSON string: \(printable(line))", status: ExitStatus.dataError)
      }
      let ids = tokenizer.encode(text).map(String.init).joined(separator: ",")
      Terminal.answer("[" + ids + "]")
    }
  }
}
