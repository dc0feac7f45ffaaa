internal import ArgumentParser
internal import Foundation
internal import SwiftRAG

/// The commands `swiftrag models ls|path|convert|prepare`.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "List, find, convert and prepare models.",
    discussion: """
        swiftrag models ls
        swiftrag models path all-MiniLM-L6-v2
        swiftrag models convert ~/all-MiniLM-L6-v2 --type q8_0 --out minilm-q8_0.gguf
        swiftrag models convert llama-f16.gguf --type q4_k_m --out llama-q4_k_m.gguf
        swiftrag models prepare mistral
      """,
    subcommands: [List.self, Path.self, Convert.self, Prepare.self])

  /// The command `swiftrag models ls`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "ls", abstract: "List the models that were found.", aliases: ["list"])

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    /// A model, and for a language model its prepared files.
    private struct Row: Encodable {
      let name, kind, path: String
      let byteCount: Int
      let prepared: [ModelLocator.Prepared]?

      /// The remark after the path.
      var preparedText: String {
        guard let file = prepared?.first else { return "" }
        guard let problem = file.problem else { return "  (prepared)" }
        return
          "  (prepared, but not used: \(problem); swiftrag models prepare \(droppingControls(name)))"
      }
    }

    func run() throws {
      common.apply()
      let locator = ModelLocator(configuration: try resolveConfiguration())
      let models = locator.all()
      let rows = models.map { model in
        let isPreparable = model.kind == "llm"
        return Row(
          name: model.name, kind: model.kind, path: model.path, byteCount: model.byteCount,
          prepared: isPreparable ? ModelLocator.preparedFiles(ofModelAt: model.path) : nil)
      }
      if json { return try answerJSON(rows) }
      for row in rows {
        Terminal.answer(
          "\(row.kind)  \(droppingControls(row.name))  \(byteText(row.byteCount))  "
            + AnswerRenderer.shown(path: row.path) + row.preparedText)
      }
      for orphan in locator.orphans() {
        Terminal.note(
          "\(orphan.path) (\(byteText(orphan.byteCount))) was prepared from a model that is gone\n"
            + "  try: swiftrag models prepare --remove \(orphan.model)")
      }
      if models.isEmpty {
        Terminal.note(
          "no models; a models folder has embeddings/NAME/FILE.gguf and llm/FILE.gguf")
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
      let locator = ModelLocator(configuration: try resolveConfiguration())
      Terminal.answer(try locator.model(name))
    }
  }
}
