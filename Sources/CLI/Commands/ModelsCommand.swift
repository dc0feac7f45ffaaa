internal import ArgumentParser
internal import Foundation
internal import SwiftRAG

/// The commands `swiftrag models ls|path|convert`.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "List, find and convert models.",
    discussion: """
        swiftrag models ls
        swiftrag models path all-MiniLM-L6-v2
        swiftrag models convert ~/all-MiniLM-L6-v2 --type q8_0 --out minilm-q8_0.gguf
        swiftrag models convert llama-f16.gguf --type q4_k_m --out llama-q4_k_m.gguf
      """,
    subcommands: [List.self, Path.self, Convert.self])

  /// The command `swiftrag models ls`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "ls", abstract: "List the models that were found.", aliases: ["list"])

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      let locator = ModelLocator(configuration: try resolveConfiguration([:]))
      let models = locator.all()
      if json { return try answerJSON(models) }
      for model in models {
        Terminal.answer(
          "\(model.kind)  \(printable(model.name))  \(byteText(model.byteCount))  "
            + AnswerRenderer.shown(path: model.path))
      }
      if models.isEmpty {
        Terminal.note("no models; a models folder holds embeddings/NAME/FILE.gguf")
      }
    }
  }

  /// The command `swiftrag models path NAME`.
  struct Path: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the file or folder of a model.")

    @Argument(help: "The model's name.")
    var name: String

    func run() throws {
      let locator = ModelLocator(configuration: try resolveConfiguration([:]))
      Terminal.answer(try locator.embeddingModel(name))
    }
  }
}
