internal import Generation
internal import ArgumentParser
internal import Foundation
internal import Kernels
internal import Models
internal import RAG
internal import SwiftRAG
internal import Tokenizers

/// The flags that say how any language model is held in memory and computed.
struct ModelMemoryOptions: ParsableArguments {
  @Option(
    name: [.long, .customLong("cache")], help: "Numbers of the attention cache: f32, f16 or q8_0.")
  var cacheType: KVCacheType = .f16

  @Flag(help: "ComputeContext on the file's own layout: starts at once, answers more slowly.")
  var noRepack = false

  @Flag(help: "Do not use weights that `swiftrag models prepare` laid out.")
  var noPrepared = false

  @OptionGroup var worker: ThreadOptions

  /// These flags for the loader.
  func loadOptions(contextTokenCount: Int?) -> LoadOptions {
    LoadOptions(
      weights: noRepack ? .inPlace : noPrepared ? .reordered : .prepared,
      contextTokenCount: contextTokenCount, cacheType: cacheType)
  }
}

/// The flags that choose a language model and how it is held in memory.
struct LanguageModelOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: "GGUF file, or a name below models/llm (default: model_path, or the first there).",
    completion: .file(extensions: ["gguf"]))
  var model: String?

  @Option(
    name: [.customShort("c"), .customLong("context")], parsing: .unconditional,
    help: "Tokens that prompt and answer may have together (default: the model's, at most 4096).")
  var contextTokenCount: Int?

  @OptionGroup var memory: ModelMemoryOptions

  @Option(help: "Chat template, instead of the one that is recognised.")
  var template: ChatTemplate?

  @Option(help: "Kernels: reference (scalar), simd (own) or blas (OpenBLAS).")
  var kernels: String?

  /// What these flags set, for ``Configuration``.
  var settings: [Setting: String] {
    var settings: [Setting: String] = [:]
    settings[.threads] = memory.worker.threads.map(String.init)
    settings[.kernels] = kernels
    settings[.modelPath] = model
    return settings
  }

  var generatorOptions: NativeGeneratorOptions {
    NativeGeneratorOptions(
      load: memory.loadOptions(contextTokenCount: contextTokenCount), template: template)
  }

  func validate() throws {
    if let contextTokenCount, contextTokenCount < 2 {
      throw ValidationError("A context has at least 2 tokens.")
    }
  }
}

extension KVCacheType: ExpressibleByArgument {}
extension ChatTemplate: ExpressibleByArgument {}

/// The flags that say how each token is chosen.
struct SamplingOptions: ParsableArguments {
  @Option(
    name: [.customLong("temp"), .customLong("temperature")], parsing: .unconditional,
    help:
      "Temperature; 0 takes the most probable token (default: temperature where it is set, 0.8).")
  var temperature: Double?

  @Option(parsing: .unconditional, help: "Only the k most probable tokens; 0 keeps all.")
  var topK = 40

  @Option(
    parsing: .unconditional, help: "The most probable tokens up to this probability; 1 keeps all.")
  var topP = 0.95

  @Option(
    parsing: .unconditional,
    help: "Tokens at least this fraction as probable as the first; 0 keeps all.")
  var minP = 0.05

  @Option(
    parsing: .unconditional,
    help: "The tokens of typical information up to this probability; 1 keeps all.")
  var typical = 1.0

  @Option(parsing: .unconditional, help: "Divides the logits of recent tokens; 1 changes nothing.")
  var repeatPenalty = 1.0

  @Option(
    parsing: .unconditional, help: "Tokens back that the penalties look; -1 looks at all of them.")
  var repeatLastN = 64

  @Option(parsing: .unconditional, help: "Subtracted from the logit of each recent token.")
  var presencePenalty = 0.0

  @Option(parsing: .unconditional, help: "Subtracted for each time that a recent token occurred.")
  var frequencyPenalty = 0.0

  @Option(help: "Added to a token's logit: ID+1.5, ID-2 or ID-inf; may be given several times.")
  var logitBias: [LogitBias] = []

  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: "Same seed, same text (default, and -1: a random one).")
  var seed: Seed?

  /// A number that decides the draws, or -1, which llama.cpp's tools take for a random one.
  struct Seed: ExpressibleByArgument {
    let number: UInt64?

    init?(argument: String) {
      number = UInt64(argument)
      if number == nil && argument != "-1" { return nil }
    }
  }

  /// The seed that was asked for.
  var chosenSeed: UInt64? { seed?.number }

  /// What these flags say, and for the temperature a configuration file or variable.
  func samplerOptions(
    configuration: Configuration, seed: UInt64, logprobCount: Int?
  ) -> SamplerOptions {
    // The setting's own default is for answers from documents.
    let configured = configuration.values[.temperature].flatMap {
      $0.origin == .builtIn ? nil : Double($0.text)
    }
    return SamplerOptions(
      temperature: temperature ?? configured ?? SamplerOptions().temperature, topK: topK,
      topP: topP, minP: minP, typicalP: typical,
      repeatPenalty: repeatPenalty, presencePenalty: presencePenalty,
      frequencyPenalty: frequencyPenalty,
      penaltyTokenCount: repeatLastN == -1 ? .max : repeatLastN,
      logitBias: Dictionary(logitBias.map { ($0.id, $0.value) }, uniquingKeysWith: +), seed: seed,
      logprobCount: logprobCount)
  }

  /// An id and what is added to its logit.
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
