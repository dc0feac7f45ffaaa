internal import ArgumentParser
internal import Checkpoints
internal import Foundation
internal import Models
internal import SwiftRAG
internal import Tokenizers

/// The commands `swiftrag models ls|path|convert`.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "List, find and convert models.",
    discussion: """
        swiftrag models ls
        swiftrag models path all-MiniLM-L6-v2
        swiftrag models convert ~/all-MiniLM-L6-v2 --type q8_0 --out minilm-q8_0.gguf
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
        Terminal.note(
          "no models; a models folder holds embeddings/NAME/FILE.gguf and llm/FILE.gguf")
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
      let languageModel = locator.all().first { $0.kind == "llm" && $0.name == name }
      Terminal.answer(try languageModel?.path ?? locator.embeddingModel(name))
    }
  }

  /// The command `swiftrag models convert SOURCE`.
  struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write a sentence encoder as a GGUF file that llama.cpp reads too.",
      discussion: """
        SOURCE is a Hugging Face folder (config.json, model.safetensors, a vocabulary) or a bert GGUF.
          swiftrag models convert ~/all-MiniLM-L6-v2 --type f16 --out minilm-f16.gguf
        """)

    /// The types that matrices can have.
    enum WeightKind: String, ExpressibleByArgument, CaseIterable {
      case f32, f16, q80 = "q8_0"

      var encoding: WeightEncoding {
        switch self {
        case .f32: .f32
        case .f16: .f16
        case .q80: .q80
        }
      }
    }

    @Argument(help: "A folder or a GGUF file.", completion: .file())
    var source: String

    @Option(help: "f32, f16 or q8_0.")
    var type: WeightKind = .q80

    @Option(help: "The file to write.", completion: .file())
    var out: String

    @Option(help: "general.name of the file.")
    var name: String?

    @Option(help: "general.license of the file, for example apache-2.0.")
    var license: String?

    @Option(help: "general.source.url of the file.")
    var sourceURL: String?

    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      try requireExisting([source])
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: source, isDirectory: &isFolder)
      var converter: BERTConverter
      let tokenizer: WordPieceTokenizer
      if isFolder.boolValue {
        converter = try BERTConverter(directory: source)
        tokenizer = try WordPieceTokenizer.load(directory: source)
      } else {
        let checkpoint = try Checkpoint.open(path: source)
        converter = try BERTConverter(gguf: checkpoint)
        tokenizer = try WordPieceTokenizer(ggufMetadata: checkpoint.metadata, source: source)
      }
      if let name { converter.origin.name = name }
      if let license { converter.origin.license = license }
      if let sourceURL { converter.origin.sourceURL = sourceURL }
      try converter.write(to: out, encoding: type.encoding, vocabulary: tokenizer.ggufMetadata)
      let attributes = try? FileManager.default.attributesOfItem(atPath: out)
      Terminal.answer("\(out): \(byteText(attributes?[.size] as? Int ?? 0)), \(type.rawValue)")
    }
  }
}
