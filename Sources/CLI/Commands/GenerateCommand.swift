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
    commandName: "generate", abstract: "Let a language model continue a text or answer.",
    discussion: """
      The prompt is a user's message in the model's chat template; --raw continues it as it is. \
      The text streams on standard output; figures and notes go to standard error. Ctrl-C ends \
      it and keeps what was said.

        swiftrag generate "Name three rivers of France." -m mistral.gguf
        swiftrag generate "Once upon a time" --raw -n 200 --temp 0 --stats
        swiftrag generate "Who wrote it?" --system "Be brief." --prompt-cache b.cache
        swiftrag generate "A cat, please." --json-schema cat-schema.json
        echo "Summarise: ..." | swiftrag generate - --seed 7 --json
        swiftrag generate "Yes or no?" -n 1 --logprobs 5 --jsonl
        swiftrag generate "A cat, please." --backend openai -m qwen3-8b

      With --backend openai, or model_backend: openai in config.yaml, a server at openai_base_url \
      generates, and -m is the model's name there.
      """)

  @Argument(help: "The prompt; - reads it from standard input.")
  var prompt: String

  @Option(
    name: [.customShort("n"), .customLong("max-tokens")], parsing: .unconditional,
    help: "Tokens at most; -1 goes on until the context is full (default: max_tokens, 512).")
  var maxTokenCount: Int?

  @Option(help: "The system message.")
  var system: String?

  @Flag(help: "Continue the prompt as it is, without a chat template.")
  var raw = false

  @Option(help: "End before this text would come; may be given several times.")
  var stop: [String] = []

  @Option(help: "A JSON schema that the answer satisfies: a file, or the schema itself.")
  var jsonSchema: String?

  @Option(help: "Keep the prompt's state in this file, and start from it.", completion: .file())
  var promptCache: String?

  @Flag(help: "ComputeContext token by token; the text is the same, only slower.")
  var noSpeculation = false

  @Option(help: "Log-probabilities with this many alternatives (with --json or --jsonl).")
  var logprobs: Int?

  @Flag(help: "Print the result as JSON, when it is whole.")
  var json = false

  @Flag(help: "Print each event as a line of JSON, as it comes.")
  var jsonl = false

  @Flag(help: "Print token counts, speeds and memory to standard error.")
  var stats = false

  @Option(help: "Who generates: native or openai (default: model_backend, native).")
  var backend: Backend?

  /// Where the model runs.
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
      throw ValidationError("-n is 0 or more, or -1 for as many as fit.")
    }
    if raw && system != nil { throw ValidationError("--raw has no system message.") }
  }

  func run() throws {
    common.apply()
    var settings = modelOptions.settings
    settings[.modelBackend] = backend?.rawValue
    let configuration = try resolveConfiguration(settings)
    let seed = sampling.chosenSeed ?? UInt64.random(in: 0...UInt64(UInt32.max))
    let options = try generationOptions(configuration: configuration, seed: seed)
    // Before the model, which may take a while to load.
    do { try options.sampler.validate(vocabularyCount: .max) } catch {
      throw GenerationError.sampler(error)
    }
    let prompt = try self.generationPrompt()
    let generator: any TextGenerator
    var tokenizer: LanguageTokenizer?
    if configuration.text(.modelBackend) == Backend.openai.rawValue {
      generator = try KnowledgeBase.loadRemoteGenerator(
        configuration: configuration, model: modelOptions.model)
    } else {
      let native = try KnowledgeBase.loadGenerator(
        configuration: configuration, options: modelOptions.generatorOptions)
      for note in native.loadingNotes { Terminal.note(note) }
      if common.verbose {
        Terminal.note("\(native.name), template \(native.template.rawValue), seed \(seed)")
      }
      tokenizer = native.tokenizer
      generator = native
    }
    // The text so far is to be kept, and the token that is being computed may take a while.
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
    if result.finish == .cancelled { throw ExitStatus.interrupted }
  }

  private func generationOptions(
    configuration: Configuration, seed: UInt64
  ) throws -> GenerationOptions {
    let limit = maxTokenCount ?? configuration.integer(.maxTokens)
    let schema = try jsonSchema.map { try JSONSchemaCompiler.schema(try schemaText($0)) }
    return GenerationOptions(
      maxTokenCount: limit < 0 ? nil : limit,
      sampler: sampling.samplerOptions(
        configuration: configuration, seed: seed, logprobCount: logprobs), stops: stop,
      grammar: try schema.map { try JSONSchemaCompiler.compile($0) }, jsonSchema: schema,
      usesSpeculation: !noSpeculation, promptCachePath: promptCache)
  }

  /// The schema itself when the argument begins as one, else the file that it names.
  private func schemaText(_ argument: String) throws -> [UInt8] {
    if argument.drop(while: \.isWhitespace).first == "{" { return Array(argument.utf8) }
    guard let data = FileManager.default.contents(atPath: argument) else {
      throw CommandFailure("\(argument): cannot be read", status: ExitStatus.noInput)
    }
    return Array(data)
  }

  private func generationPrompt() throws -> GenerationPrompt {
    var text = prompt
    if prompt == "-" {
      text = String(decoding: try standardInput(), as: UTF8.self)
    }
    // A raw prompt's spaces and line ends are part of it.
    if raw { return .raw(text) }
    let message = ChatMessage(role: .user, text: try requireText(text))
    return .messages((system.map { [ChatMessage(role: .system, text: $0)] } ?? []) + [message])
  }
}
