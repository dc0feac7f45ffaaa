import Foundation
import Testing

/// `generate` with a model on a server, `Tests/Fixtures/openai/server.py`.
@Suite(.serialized) struct GenerateServerTests {
  /// Runs `generate` with the arguments; the server ends with its standard input.
  private func generate(_ arguments: String...) throws -> CommandRunner.Outcome {
    let script = CommandRunner.packageRoot.appending(path: "Tests/Fixtures/openai/server.py")
    let server = Process()
    server.executableURL = URL(filePath: "/usr/bin/env")
    server.arguments = ["python3", script.path]
    let (input, output) = (Pipe(), Pipe())
    server.standardInput = input
    server.standardOutput = output
    try server.run()
    defer {
      try? input.fileHandleForWriting.close()
      server.waitUntilExit()
    }
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    let port = try #require(Int(line.trimmingCharacters(in: .newlines)))
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    return try runner.run(
      arguments: ["generate"] + arguments,
      environment: [
        "SWIFTRAG_OPENAI_BASE_URL": "http://127.0.0.1:\(port)/v1",
        "SWIFTRAG_MODEL_BACKEND": "openai",
      ])
  }

  @Test func theServersTextStreams() throws {
    let outcome = try generate("Hello", "-m", "split", "--stats")
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output == "Grüße, 世界 👩‍🚀!\n")
    #expect(outcome.error.contains("prompt: 7 tokens"), "\(outcome.error)")
    let uncounted = try generate("Hello", "-m", "nodone", "--stats")
    #expect(uncounted.output == "whole\n")
    #expect(
      uncounted.error.contains("prompt: the server did not count its tokens"), "\(uncounted.error)")
  }

  @Test func itsLimitIsTold() throws {
    let outcome = try generate("Hello", "-m", "echo", "-n", "9", "--json")
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.contains(#""finish":"length""#), "\(outcome.output)")
    #expect(outcome.output.contains(#""model":"echo""#))
    #expect(outcome.error.contains("(-n allows more)"), "\(outcome.error)")
  }

  @Test func theFlagDecidesOverTheConfiguration() throws {
    let outcome = try generate("Hello", "-m", "split", "--backend", "native")
    #expect(outcome.status == 69)
    #expect(outcome.error.contains("no language model 'split'"), "\(outcome.error)")
  }

  @Test func whatTheServerRefusesIsTold() throws {
    let outcome = try generate("Hello", "-m", "404")
    #expect(outcome.status == 69, "\(outcome.error)")
    #expect(outcome.error.contains("model '404'"), "\(outcome.error)")
    let schema = try generate(
      "Hello", "-m", "split", "--raw", "--json-schema", #"{"type": "string"}"#)
    #expect(schema.error.contains("--backend native"), "\(schema.error)")
  }
}
