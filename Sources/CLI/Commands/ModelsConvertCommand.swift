internal import Bytes
internal import ArgumentParser
internal import Checkpoints
internal import Foundation
internal import Kernels
internal import Models
internal import RAG
internal import SwiftRAG
internal import Tokenizers

extension ModelsCommand {
  /// The command `swiftrag models convert SOURCE`.
  struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Convert a model to a GGUF file, in fewer bits, that llama.cpp reads too.",
      discussion: """
        SOURCE is a GGUF file in F32, F16 or BF16 of architecture llama, phi3, qwen2, qwen3 or \
        gemma3, a bert GGUF, a sentence encoder's Hugging Face folder (config.json, model.safetensors or \
        pytorch_model.bin, a vocabulary), or a CLIP: a Hugging Face folder, or a file with OpenAI's \
        or Hugging Face's names; or a Whisper in any of its layouts.

          swiftrag models convert llama-f16.gguf --type q4_k_m --out llama-q4_k_m.gguf
          swiftrag models convert ~/all-MiniLM-L6-v2 --type f16 --out minilm-f16.gguf
          swiftrag models convert ~/multilingual-e5-small --out e5-q8_0.gguf
          swiftrag models convert ~/clip-vit-b-32 --type q8_0 --out clip-q8_0.gguf

        A language model may have any type; q4_k_m and q5_k_m give some tensors more bits, as in \
        llama.cpp. A sentence encoder may be f32, f16 or q8_0, a CLIP also q4_k_m, a Whisper also \
        q4_k_m and q5_k_m.
        """)

    @Argument(help: "A folder or a GGUF file.", completion: .file())
    var source: String

    @Option(help: "The type of the matrices.")
    var type: ConversionRecipe = .q80

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
      try requireCreatable(out)
      guard Paths.canonical(source) != Paths.canonical(out) else {
        throw CommandFailure(
          "\(out): is the source, which would be overwritten\n  try: --out another.gguf",
          .usage)
      }
      let opened = Result { try Checkpoint.open(path: source) }
      if let checkpoint = try? opened.get(), CLIPConfig.recognizes(checkpoint) {
        try convertCLIP(checkpoint)
      } else if let checkpoint = try? opened.get(), WhisperConfig.recognizes(checkpoint) {
        var converter = try WhisperConverter(checkpoint)
        complete(&converter.origin)
        try converter.write(to: out, recipe: type)
      } else if let checkpoint = try? opened.get(),
        ModelDescription.isLanguageModelOfHuggingFace(checkpoint)
      {
        throw ModelLocator.Failure.languageModelInFolder(path: source)
      } else if Paths.isFolder(source) {
        try convertEncoder(
          BERTConverter(directory: source), try SentenceTokenizer.load(directory: source))
      } else {
        try convert(opened.get())
      }
      let attributes = try? FileManager.default.attributesOfItem(atPath: out)
      Terminal.answer("\(out): \(byteText(attributes?[.size] as? Int ?? 0)), \(type.rawValue)")
    }

    private func convert(_ checkpoint: Checkpoint) throws {
      if try checkpoint.metadata.string("general.architecture") == "bert" {
        return try convertEncoder(
          BERTConverter(gguf: checkpoint),
          try SentenceTokenizer(ggufMetadata: checkpoint.metadata, source: source))
      }
      var converter = try LanguageModelConverter(gguf: checkpoint)
      converter.name = name
      converter.license = license
      converter.sourceURL = sourceURL
      try converter.write(
        to: out, recipe: type,
        pool: Runtime(configuration: Configuration(settings: Settings())).compute.pool)
    }

    private func convertCLIP(_ checkpoint: Checkpoint) throws {
      var converter = try CLIPConverter(checkpoint)
      complete(&converter.origin)
      let tokenizer = try CLIPTokenizer.open(
        for: checkpoint, vocabularyCount: converter.config.vocab, mergesPath: Folders.clipMerges)
      try converter.write(to: out, recipe: type, vocabulary: tokenizer.ggufMetadata)
    }

    private func complete(_ origin: inout ModelOrigin) {
      if let name { origin.name = name }
      if let license { origin.license = license }
      if let sourceURL { origin.sourceURL = sourceURL }
    }

    private func convertEncoder(
      _ converter: BERTConverter, _ tokenizer: SentenceTokenizer
    ) throws {
      var converter = converter
      complete(&converter.origin)
      try converter.write(
        to: out, recipe: type,
        vocabulary: tokenizer.ggufMetadata(vocabularyCount: converter.config.vocab))
    }
  }
}

extension ConversionRecipe: ExpressibleByArgument {}
