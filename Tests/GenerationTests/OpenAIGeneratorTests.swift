@testable import Generation
import Bytes
import Foundation
import Models
import Testing
import Tokenizers

/// Runs `Tests/Fixtures/openai/server.py` as a child process, which ends with the tests' process.
private final class LocalServer: @unchecked Sendable {
  // `@unchecked`: nothing changes after init.
  private static let result = Result { try LocalServer() }

  /// One server for all tests.
  static func shared() throws -> LocalServer { try result.get() }

  let baseURL: String
  private let process = Process()
  private let input = Pipe()

  init() throws {
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/openai/server.py")
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", script.path]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    let port = try #require(Int(line.trimmingCharacters(in: .newlines)))
    baseURL = "http://127.0.0.1:\(port)/v1/"
  }

  func generator(
    _ model: String, key: String? = nil, environment: [String: String] = [:]
  ) throws -> OpenAIGenerator {
    try OpenAIGenerator(baseURL: baseURL, model: model, key: key, environment: environment)
  }
}

@Suite(.serialized) struct OpenAIGeneratorTests {
  private static let prompt = GenerationPrompt.messages([
    ChatMessage(role: .system, text: "Be \"short\".\n"),
    ChatMessage(role: .user, text: "Grüß \\dich"),
  ])

  private func generate(
    _ generator: OpenAIGenerator, _ prompt: GenerationPrompt = prompt,
    _ options: GenerationOptions = GenerationOptions(), shouldStop: () -> Bool = { false }
  ) throws -> (result: GenerationResult, events: [GenerationEvent]) {
    var events: [GenerationEvent] = []
    let result = try generator.generate(
      prompt, options: options, emit: { events.append($0) }, shouldStop: shouldStop)
    let said = events.map { if case .text(let text) = $0 { text } else { "" } }.joined()
    #expect(said == result.text)
    return (result, events)
  }

  @Test(arguments: [prompt, .raw("Once")])
  func textComesWholeWhereverTheStreamIsCut(prompt: GenerationPrompt) throws {
    let server = try LocalServer.shared()
    let (result, events) = try generate(server.generator("split"), prompt)
    #expect(result.text == "Grüße, 世界 👩‍🚀!")
    #expect(events == [.text("Grüße, "), .text("世界 "), .text("👩‍🚀!")])
    #expect(result.finish == .stop)
    #expect(result.stats.promptTokenCount == 7)
    #expect(result.stats.generatedTokenCount == 4)
    let options = GenerationOptions(stops: ["界", "never"])
    let stopped = try generate(server.generator("split"), prompt, options).result
    #expect(stopped.text == "Grüße, 世")
    #expect(stopped.stop == "界")
  }

  @Test func theRequestSaysWhatWasAsked() throws {
    let server = try LocalServer.shared()
    var sampler = SamplerOptions(temperature: 0.5, topK: 7, seed: 1 << 33 + 5)
    sampler.presencePenalty = 0.25
    let long = String(repeating: "long \"text\" ", count: 200_000)
    let options = GenerationOptions(
      maxTokenCount: 9, sampler: sampler, stops: ["1", "2", "3", "4x", "5x"],
      promptCachePath: "/nowhere")
    let (result, events) = try generate(
      server.generator("echo", key: "sk-\"quoted\\"), Self.prompt, options)
    #expect(result.finish == .stop)  // The echo contains the first stop string.
    #expect(events.filter { if case .note = $0 { true } else { false } }.count == 2)
    let echo = try generate(
      server.generator("echo", key: "sk-\"quoted\\"), Self.prompt,
      GenerationOptions(maxTokenCount: 9, sampler: sampler)
    ).result
    #expect(echo.finish == .length)
    let json = try JSONValue.parse(Array(echo.text.utf8))
    #expect(json["path"]?.stringValue == "/v1/chat/completions")
    #expect(json["key"]?.stringValue == "Bearer sk-\"quoted\\")
    #expect(json["messages"]?.arrayValue?[0]["content"]?.stringValue == "Be \"short\".\n")
    #expect(json["messages"]?.arrayValue?[1]["content"]?.stringValue == "Grüß \\dich")
    #expect(json["temperature"]?.numberValue == 0.5)
    #expect(json["presence_penalty"]?.numberValue == 0.25)
    #expect(json["max_tokens"]?.integerValue == 9)
    #expect(json["top_k"] == nil)
    let whole = try generate(
      server.generator("commandlines", key: "sk-secret"),
      .messages([.init(role: .user, text: long)]))
    #expect(whole.result.text.contains("--config"))
    #expect(!whole.result.text.contains("sk-secret"))
    #expect(!whole.result.text.contains("127.0.0.1"))
  }

  @Test func aSchemaGoesToTheServer() throws {
    let server = try LocalServer.shared()
    let schema = try JSONValue.parse(
      Array(#"{"type": "array", "items": {"type": "integer"}, "maxItems": 3}"#.utf8))
    let grammar = try JSONSchemaCompiler.compile(schema)
    let (result, _) = try generate(
      server.generator("echo"), Self.prompt,
      GenerationOptions(maxTokenCount: 9, grammar: grammar, jsonSchema: schema))
    // The server reported its limit as the reason for the end.
    #expect(result.finish == .length && result.isIncomplete)
    let format = try JSONValue.parse(Array(result.text.utf8))["response_format"]
    #expect(format?["type"]?.stringValue == "json_schema")
    #expect(format?["json_schema"]?["strict"] == .bool(true))
    #expect(format?["json_schema"]?["schema"] == schema)
    #expect(throws: OpenAIError.unsupported(option: "a grammar")) {
      try generate(server.generator("echo"), Self.prompt, GenerationOptions(grammar: grammar))
    }
    #expect(throws: OpenAIError.unsupported(option: "a JSON schema with a raw prompt")) {
      try generate(
        server.generator("echo"), .raw("a"),
        GenerationOptions(grammar: grammar, jsonSchema: schema))
    }
  }

  @Test(arguments: [
    (400, "does not accept"), (401, "OPENAI_API_KEY"), (404, "model '404'"), (500, "failed"),
  ])
  func statusesAreExplained(status: Int, advice: String) throws {
    let generator = try LocalServer.shared().generator("\(status)")
    let error = try #require(throws: OpenAIError.self) { try generate(generator) }
    guard case .status(status, "refused with \(status)", _, "\(status)") = error else {
      Issue.record("\(error)")
      return
    }
    #expect(error.description.contains(advice))
  }

  @Test func brokenStreamsAreTypedErrors() throws {
    let server = try LocalServer.shared()
    func error(_ model: String) throws -> OpenAIError? {
      try #require(throws: OpenAIError.self) { try generate(server.generator(model)) }
    }
    guard case .closedEarly(_, _, "half") = try error("early") else { throw Failure() }
    guard case .malformedStream(let reason, "") = try error("garbage") else { throw Failure() }
    #expect(reason.contains("<html>") && !reason.contains("\u{1B}"))
    guard case .malformedStream(_, "a") = try error("badjson") else { throw Failure() }
    #expect(try error("failing") == .failed(message: "out of memory", textSoFar: "a"))
    #expect(try error("longline") == .lineTooLong(limit: 1 << 20, textSoFar: "a"))
    #expect(try generate(server.generator("nodone")).result.text == "whole")
  }

  private struct Failure: Error {}

  @Test func cancellingKeepsWhatWasSaid() throws {
    let server = try LocalServer.shared()
    var calls = 0
    let start = ContinuousClock.now
    let result = try generate(server.generator("slow")) {
      calls += 1
      return calls > 10
    }.result
    #expect(result.finish == .cancelled)
    #expect(result.text == "first ")
    #expect(ContinuousClock.now - start < .seconds(4))
  }

  @Test func whatCannotBeAskedIsRefusedBeforeAnythingIsSent() throws {
    let closed = try OpenAIGenerator(
      baseURL: "http://127.0.0.1:1/v1", model: "m", key: nil, environment: [:])
    let unreachable = try #require(throws: OpenAIError.self) { try generate(closed) }
    guard case .cannotConnect("http://127.0.0.1:1/v1", _) = unreachable else { throw Failure() }
    for name in ["SWIFTRAG_OFFLINE", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"] {
      let url = "https://example.invalid/v1"
      let generator = try OpenAIGenerator(
        baseURL: url, model: "m", key: nil, environment: [name: "1"])
      #expect(throws: OpenAIError.offline(url: url, variable: name)) { try generate(generator) }
    }
    let noCurl = try OpenAIGenerator(
      baseURL: "http://localhost/v1", model: "m", key: nil, environment: [:], curlPath: nil)
    #expect(throws: OpenAIError.curlMissing) { try generate(noCurl) }
    #expect(throws: GenerationError.emptyPrompt) { try generate(closed, .messages([])) }
    #expect(throws: GenerationError.emptyStop) {
      try generate(closed, .raw("a"), GenerationOptions(stops: [""]))
    }
    #expect(throws: OpenAIError.invalidKey) {
      try OpenAIGenerator(baseURL: "http://a", model: "m", key: "a\nurl = b", environment: [:])
    }
    #expect(closed.tokenCount(of: .raw("1234567")) == 3)
    #expect(closed.tokenCount(of: .messages([.init(role: .user, text: "123")])) == 9)
  }

  @Test(arguments: [
    "ftp://127.0.0.1", "127.0.0.1", "http://", "http://127.0.0.1@evil.example/v1",
    "http://127.0.0.1\\@evil.example", "http://a b", "http://a/v1?x=1", "http://a#b", "http://[::1",
    "http://a:70000", "http://a:", "http://a:1:2", "http://ａ", "file:///etc/passwd", "http://a\nb",
  ])
  func onlyPlainAddressesAreTaken(url: String) {
    #expect(throws: WebAddress.Invalid.self) { try WebAddress(url) }
  }

  @Test func thisMachineIsKnownByItsAddress() throws {
    for url in ["http://127.0.0.1:8080/v1", "http://[::1]:80/v1/", "https://LOCALHOST/"] {
      #expect(try WebAddress(url).isLoopback)
    }
    for url in ["http://127.0.0.1.example/v1", "http://localhost.example", "http://10.0.0.1"] {
      #expect(try !WebAddress(url).isLoopback)
    }
  }
}
