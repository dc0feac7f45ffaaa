internal import Generation
internal import ArgumentParser
internal import Foundation
internal import Kernels
internal import Models
internal import RAG
internal import SwiftRAG
internal import Tokenizers

/// The flags for how a language model is loaded and computed.
struct ModelMemoryOptions: ParsableArguments {
  @Option(
    name: [.long, .customLong("cache")],
    help: "Number format of the attention cache: f32, f16 or q8_0.")
  var cacheType: KVCacheType = .f16

  @Flag(help: "Compute on the file's own layout: starts at once, but answers more slowly.")
  var noRepack = false

  @Flag(help: "Do not use the weights that `swiftrag models prepare` wrote.")
  var noPrepared = false

  @OptionGroup var worker: ThreadOptions

  /// These flags for the loader.
  func loadOptions(contextTokenCount: Int?) -> LoadOptions {
    LoadOptions(
      weights: noRepack ? .inPlace : noPrepared ? .reordered : .prepared,
      contextTokenCount: contextTokenCount, cacheType: cacheType)
  }
}

/// The flags that choose a language model and how it is loaded.
struct LanguageModelOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: "A GGUF file, or a name below models/llm (default: model_path, or the first file there).",
    completion: .file(extensions: ["gguf"]))
  var model: String?

  @Option(
    name: [.customShort("c"), .customLong("context")], parsing: .unconditional,
    help:
      "Most tokens of prompt and answer together (default: what the model allows, at most 4096).")
  var contextTokenCount: Int?

  @OptionGroup var memory: ModelMemoryOptions

  @Option(help: "Chat template to use instead of the recognised one.")
  var template: ChatTemplate?

  @Option(help: "Kernels: reference (scalar), simd (own) or blas (OpenBLAS).")
  var kernels: String?

  /// The settings that these flags give.
  var settings: [SettingFlag] {
    [
      SettingFlag(.threads, "--threads", memory.worker.threads),
      SettingFlag(.kernels, "--kernels", kernels), SettingFlag(.modelPath, "--model", model),
    ].compactMap { $0 }
  }

  var generatorOptions: NativeGeneratorOptions {
    NativeGeneratorOptions(
      load: memory.loadOptions(contextTokenCount: contextTokenCount), template: template)
  }

  func validate() throws {
    if let contextTokenCount, contextTokenCount < 2 {
      throw ValidationError("--context must be at least 2, not \(contextTokenCount).")
    }
  }
}

extension KVCacheType: ExpressibleByArgument {}
extension ChatTemplate: ExpressibleByArgument {}
extension PromptPassages: ExpressibleByArgument {
  /// The help of `--passages`.
  static let help: ArgumentHelp =
    "Which passages a language model is given: all, those that bear on the question by themselves, or these only to models of fewer than a billion weights (auto)."
}
extension PromptForm: ExpressibleByArgument {
  /// All names, for the help of options.
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

/// The flags for how each token is chosen.
struct SamplingOptions: ParsableArguments {
  @Option(
    name: [.customLong("temp"), .customLong("temperature")], parsing: .unconditional,
    help:
      "Temperature; 0 takes the most probable token (default: the setting temperature, or 0.8).")
  var temperature: Double?

  @Option(parsing: .unconditional, help: "Keep the k most probable tokens; 0 keeps all.")
  var topK = 40

  @Option(
    parsing: .unconditional,
    help: "Keep the most probable tokens up to this total probability; 1 keeps all.")
  var topP = 0.95

  @Option(
    parsing: .unconditional,
    help: "Keep tokens at least this fraction as probable as the first; 0 keeps all.")
  var minP = 0.05

  @Option(
    parsing: .unconditional,
    help: "Keep the most typical tokens up to this total probability; 1 keeps all.")
  var typical = 1.0

  @Option(
    parsing: .unconditional, help: "Divide the logits of recent tokens by this; 1 changes nothing.")
  var repeatPenalty = 1.0

  @Option(
    parsing: .unconditional,
    help: "How many recent tokens the penalties apply to; -1 applies them to all.")
  var repeatLastN = 64

  @Option(parsing: .unconditional, help: "Subtract this from the logit of each recent token.")
  var presencePenalty = 0.0

  @Option(parsing: .unconditional, help: "Subtract this for each occurrence of a recent token.")
  var frequencyPenalty = 0.0

  @Option(help: "Add to a token's logit: ID+1.5, ID-2 or ID-inf; may be repeated.")
  var logitBias: [LogitBias] = []

  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: "Seed of the random draws; the same seed gives the same text (default and -1: random).")
  var seed: Seed?

  /// A seed, or -1 for a random one, as in llama.cpp's tools.
  struct Seed: ExpressibleByArgument {
    let number: UInt64?

    init?(argument: String) {
      number = UInt64(argument)
      if number == nil && argument != "-1" { return nil }
    }
  }

  /// The seed that was given; nil for a random one.
  var chosenSeed: UInt64? { seed?.number }

  /// The options that these flags give; the temperature may also come from the configuration.
  func samplerOptions(
    configuration: Configuration, seed: UInt64, logprobCount: Int?
  ) -> SamplerOptions {
    // The default of the setting is meant for answers from documents.
    let configured =
      configuration.origin(of: .temperature) == .builtIn
      ? nil : configuration.settings.temperature
    return SamplerOptions(
      temperature: temperature ?? configured ?? SamplerOptions().temperature, topK: topK,
      topP: topP, minP: minP, typicalP: typical,
      repeatPenalty: repeatPenalty, presencePenalty: presencePenalty,
      frequencyPenalty: frequencyPenalty,
      penaltyTokenCount: repeatLastN == -1 ? .max : repeatLastN,
      logitBias: Dictionary(logitBias.map { ($0.id, $0.value) }, uniquingKeysWith: +), seed: seed,
      logprobCount: logprobCount)
  }

  /// A token id and the number that is added to its logit.
  struct LogitBias: ExpressibleByArgument {
    let id: Int32
    let value: Float

    init?(argument: String) {
      let digits = argument.prefix { $0.isNumber }
      var rest = argument.dropFirst(digits.count)
      if rest.first == "=" { rest = rest.dropFirst() }
      guard let id = Int32(digits), let value = Float(rest) else { return nil }
      (self.id, self.value) = (id, value)
    }
  }
}
