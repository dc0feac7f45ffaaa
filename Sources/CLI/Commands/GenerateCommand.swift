internal import Bytes
internal import Generation
internal import ArgumentParser
internal import Foundation
internal import Kernels
internal import Models
internal import RAG
internal import SwiftRAG
internal import Tokenizers

/// The command `swiftrag generate PROMPT`.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Generate text with a language model.",
    discussion: """
      The prompt becomes a user message in the model's chat template; with --raw the model \
      continues it unchanged. The text streams to standard output, statistics and notes go to \
      standard error. Ctrl-C ends the generation and keeps the text so far.

        swiftrag generate "Name three rivers of France." -m mistral.gguf
        swiftrag generate "Once upon a time" --raw -n 200 --temp 0 --stats
        swiftrag generate "Who wrote it?" --system "Be brief." --prompt-cache b.cache
        swiftrag generate "A cat, please." --json-schema cat-schema.json
        echo "Summarise: ..." | swiftrag generate - --seed 7 --json
        swiftrag generate "Yes or no?" -n 1 --logprobs 5 --jsonl
        swiftrag generate "A cat, please." --backend openai -m qwen3-8b

      With --backend openai, or model_backend: openai in config.yaml, the server at \
      openai_base_url generates the text, and -m is the name of the model there.
      """)

  @Argument(help: "The prompt; - reads it from standard input.")
  var prompt: String

  @Option(
    name: [.customShort("n"), .customLong("max-tokens")], parsing: .unconditional,
    help:
      "Most tokens to generate; -1 continues until the context is full (default: max_tokens, 512).")
  var maxTokenCount: Int?

  @Option(help: "The system message.")
  var system: String?

  @Flag(help: "Continue the prompt as it is, without a chat template.")
  var raw = false

  @Option(help: "Stop before this text; may be repeated.")
  var stop: [String] = []

  @Option(help: "A JSON schema that the answer must satisfy: a file, or the schema itself.")
  var jsonSchema: String?

  @Option(help: "Save the prompt's state in this file, and start from it.", completion: .file())
  var promptCache: String?

  @Flag(help: "Compute one token at a time: the same text, but slower.")
  var noSpeculation = false

  @Option(help: "Log-probabilities with this many alternatives (with --json or --jsonl).")
  var logprobs: Int?

  @Flag(help: "Print the result as JSON once it is complete.")
  var json = false

  @Flag(help: "Print each event as a line of JSON as it happens.")
  var jsonl = false

  @Flag(help: "Print token counts, speeds and memory to standard error.")
  var stats = false

  @Option(help: "Where the model runs: native or openai (default: model_backend, native).")
  var backend: Backend?

  /// The place where the model runs.
  enum Backend: String, ExpressibleByArgument, CaseIterable {
    case native, openai
  }

  @OptionGroup(title: "Model") var modelOptions: LanguageModelOptions
  @OptionGroup(title: "Sampling") var sampling: SamplingOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if json && jsonl { throw ValidationError("Give --json or --jsonl, not both.") }
    if logprobs != nil && !json && !jsonl {
      throw ValidationError("--logprobs needs --json or --jsonl.")
    }
    if let maxTokenCount, maxTokenCount < -1 {
      throw ValidationError(
        "--max-tokens must be 0 or more, or -1 for as many as fit, not \(maxTokenCount).")
    }
    if raw && system != nil { throw ValidationError("Give --raw or --system, not both.") }
  }

  func run() throws {
    common.apply()
    let flags = [SettingFlag(.modelBackend, "--backend", backend?.rawValue)].compactMap { $0 }
    let runtime = try makeRuntime(modelOptions.settings + flags)
    let seed = sampling.chosenSeed ?? UInt64.random(in: 0...UInt64(UInt32.max))
    let options = try generationOptions(configuration: runtime.configuration, seed: seed)
    // Checked before the model is loaded, which may take a while.
    do { try options.sampler.validate(vocabularyCount: .max) } catch {
      throw GenerationError.sampler(error)
    }
    let prompt = try self.generationPrompt()
    let generator: any TextGenerator
    var tokenizer: LanguageTokenizer?
    if runtime.settings.backend == .openAI {
      generator = try runtime.remoteLanguageModel(model: modelOptions.model)
    } else {
      let native = try runtime.languageModel(options: modelOptions.generatorOptions)
      for note in native.loadingNotes { Terminal.note(note) }
      if common.verbose {
        Terminal.note("\(native.name), template \(native.template.rawValue), seed \(seed)")
      }
      tokenizer = native.tokenizer
      generator = native
    }
    // The text so far must be kept, and the current token may take a while.
    Interrupts.allow(graceMicroseconds: 2_000_000)
    let output = GenerationOutput(
      style: json ? .json : jsonl ? .jsonLines : .text, generator: generator,
      tokenizer: tokenizer, seed: seed, showsLogprobs: logprobs != nil)
    let result: GenerationResult
    do {
      result = try generator.generate(
        prompt, options: options, emit: output.show, shouldStop: { Interrupts.isRequested })
    } catch {
      output.abandon()
      throw error
    }
    try output.finish(result, showsStats: stats)
    if result.finish == .cancelled { throw ExitCode.interrupted }
  }

  private func generationOptions(
    configuration: Configuration, seed: UInt64
  ) throws -> GenerationOptions {
    let limit = maxTokenCount ?? configuration.settings.maxTokens
    let schema = try jsonSchema.map { try JSONSchemaCompiler.schema(try schemaText($0)) }
    return GenerationOptions(
      maxTokenCount: limit < 0 ? nil : limit,
      sampler: sampling.samplerOptions(
        configuration: configuration, seed: seed, logprobCount: logprobs), stops: stop,
      grammar: try schema.map { try JSONSchemaCompiler.compile($0) }, jsonSchema: schema,
      usesSpeculation: !noSpeculation, promptCachePath: promptCache)
  }

  /// The argument itself if it starts like a schema, otherwise the content of the file.
  private func schemaText(_ argument: String) throws -> [UInt8] {
    if argument.drop(while: \.isWhitespace).first == "{" { return Array(argument.utf8) }
    guard let data = FileManager.default.contents(atPath: argument) else {
      throw CommandFailure("\(argument): cannot be read", .missingInput, path: argument)
    }
    return Array(data)
  }

  private func generationPrompt() throws -> GenerationPrompt {
    var text = prompt
    if prompt == "-" {
      text = String(decoding: try standardInput(), as: UTF8.self)
    }
    // The white space of a raw prompt is part of it.
    if raw { return .raw(text) }
    let message = ChatMessage(role: .user, text: try requireText(text))
    return .messages((system.map { [ChatMessage(role: .system, text: $0)] } ?? []) + [message])
  }
}
