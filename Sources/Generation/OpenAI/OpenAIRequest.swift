internal import Bytes
internal import Models
internal import Tokenizers

/// The request of a completion, and notes about options that it cannot express.
struct OpenAIRequest {
  /// Appended to the base URL.
  let path: String
  /// JSON.
  let body: [UInt8]
  /// Messages for the user.
  let notes: [String]

  /// Largest number of stop strings.
  ///
  /// - Source: `stop` in OpenAI's reference of chat completions.
  static let stopLimit = 4

  /// - Throws: `OpenAIError.unsupported` for a grammar that is not a JSON schema, and for a JSON schema
  ///   with a raw prompt.
  init(
    prompt: GenerationPrompt, options: GenerationOptions, model: String
  ) throws(OpenAIError) {
    let format = try Self.responseFormat(prompt, options)
    let sampler = options.sampler
    var members = [JSONMember(key: "model", value: .string(model))]
    switch prompt {
    case .messages(let messages):
      path = "/chat/completions"
      members.append(JSONMember(key: "messages", value: .array(messages.map(Self.message))))
    case .raw(let text):
      path = "/completions"
      members.append(JSONMember(key: "prompt", value: .string(text)))
    }
    func add(_ key: String, _ value: JSONValue) {
      members.append(JSONMember(key: key, value: value))
    }
    add("stream", .bool(true))
    add(
      "stream_options", .object([JSONMember(key: "include_usage", value: .bool(true))]))
    if let format { add("response_format", format) }
    add("temperature", .number(sampler.temperature))
    add("top_p", .number(sampler.topP))
    if sampler.presencePenalty != 0 { add("presence_penalty", .number(sampler.presencePenalty)) }
    if sampler.frequencyPenalty != 0 {
      add("frequency_penalty", .number(sampler.frequencyPenalty))
    }
    // Servers store seeds as Int32, UInt32 or Int64; 31 bits are the same number in all of them.
    add("seed", .number(Double(sampler.seed & 0x7FFF_FFFF)))
    if let count = options.maxTokenCount { add("max_tokens", .number(Double(count))) }
    if !options.stops.isEmpty {
      add("stop", .array(options.stops.prefix(Self.stopLimit).map { .string($0) }))
    }
    if !sampler.logitBias.isEmpty { add("logit_bias", Self.bias(sampler.logitBias)) }
    body = JSONValue.object(members).compactText
    notes = Self.notes(on: options)
  }

  /// `response_format` of a JSON schema.
  ///
  /// - Source: `response_format` in OpenAI's reference of chat completions; `/completions` does not
  ///   have it. `strict` makes the schema binding: without it OpenAI's server only shows it to the
  ///   model.
  private static func responseFormat(
    _ prompt: GenerationPrompt, _ options: GenerationOptions
  ) throws(OpenAIError) -> JSONValue? {
    guard options.grammar != nil || options.jsonSchema != nil else { return nil }
    guard let schema = options.jsonSchema else { throw .unsupported(option: "a grammar") }
    guard case .messages = prompt else {
      throw .unsupported(option: "a JSON schema with a raw prompt")
    }
    return .object([
      JSONMember(key: "type", value: .string("json_schema")),
      JSONMember(
        key: "json_schema",
        value: .object([
          JSONMember(key: "name", value: .string("answer")),
          JSONMember(key: "strict", value: .bool(true)), JSONMember(key: "schema", value: schema),
        ])),
    ])
  }

  private static func message(_ message: ChatMessage) -> JSONValue {
    .object([
      JSONMember(key: "role", value: .string(message.role.rawValue)),
      JSONMember(key: "content", value: .string(message.text)),
    ])
  }

  /// `logit_bias`, limited to the protocol's range of -100, which excludes a token, to 100.
  private static func bias(_ biases: [Int32: Float]) -> JSONValue {
    .object(
      biases.sorted { $0.key < $1.key }.map { id, bias in
        JSONMember(key: "\(id)", value: .number(Double(min(max(bias, -100), 100))))
      })
  }

  /// Notes about options that differ from their defaults and that the protocol does not have.
  private static func notes(on options: GenerationOptions) -> [String] {
    let sampler = options.sampler
    let usual = SamplerOptions()
    var names: [String] = []
    if sampler.temperature > 0 {
      if sampler.topK != usual.topK { names.append("top-k") }
      if sampler.minP != usual.minP { names.append("min-p") }
      if sampler.typicalP != usual.typicalP { names.append("typical") }
    }
    if sampler.repeatPenalty != usual.repeatPenalty { names.append("repeat-penalty") }
    if sampler.penaltyTokenCount != usual.penaltyTokenCount { names.append("repeat-last-n") }
    if sampler.logprobCount != nil { names.append("logprobs") }
    var notes: [String] = []
    if !names.isEmpty {
      notes.append(
        "not sent, because the protocol does not have them: \(names.joined(separator: ", "))")
    }
    if options.promptCachePath != nil {
      notes.append("the prompt cache file is not used: the server has its own prompt cache")
    }
    return notes
  }
}
