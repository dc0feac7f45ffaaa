import Foundation
import Testing

/// A real, very small model of children's stories, which is not in the repository.
private enum StoryModel {
  /// Looked for under `SWIFTRAG_ASSETS`, then beside the package.
  static let path: String? = {
    let environment = ProcessInfo.processInfo.environment["SWIFTRAG_ASSETS"]
    let beside = CommandRunner.packageRoot.appending(path: "../shared/assets").standardized.path
    return [environment, beside].compactMap(\.self)
      .map { $0 + "/llm/stories260K-f32.derived.gguf" }
      .first { FileManager.default.fileExists(atPath: $0) }
  }()
}

@Suite(.enabled(if: StoryModel.path != nil, "needs llm/stories260K-f32.derived.gguf"))
struct GenerateTests {
  private struct Report: Decodable {
    struct Token: Decodable {
      let id: Int
      let text: String
      let logprob: Double
    }
    struct Stats: Decodable {
      let promptTokens, cachedTokens, generatedTokens, acceptedTokens: Int
      let peakResidentBytes: Int?
    }
    let text: String
    let finish: String
    let isIncomplete: Bool
    let tokens: [Token]?
    let stats: Stats
  }

  private func generate(
    _ runner: CommandRunner, _ arguments: String..., input: String? = nil
  ) throws -> CommandRunner.Outcome {
    try runner.run(
      arguments: ["generate", "-m", StoryModel.path ?? ""] + arguments, input: input)
  }

  private func report(_ runner: CommandRunner, _ arguments: String...) throws -> Report {
    let outcome = try runner.run(
      arguments: ["generate", "-m", StoryModel.path ?? "", "--json"] + arguments)
    #expect(outcome.status == 0, "\(outcome.error)")
    return try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
  }

  @Test func aTextIsContinuedTheSameHoweverItIsComputed() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let flags = ["Once upon a time", "--raw", "-n", "60", "--temp", "0.7", "--seed", "5"]
    let plain = try generate(runner, flags)
    #expect(plain.status == 0, "\(plain.error)")
    #expect(plain.output.count > 60 && plain.output.hasSuffix("\n"))
    for more in [
      ["--no-speculation"], ["-t", "1"], ["--no-repack"], ["--prompt-cache", "c"],
      ["--prompt-cache", "c"],
    ] {
      let other = try runner.run(
        arguments: ["generate", "-m", StoryModel.path ?? ""] + flags + more)
      #expect(other.output == plain.output, "\(more): \(other.error)")
    }
    #expect(try generate(runner, flags.dropLast() + ["6"]).output != plain.output)
    let endless = try generate(runner, ["Once", "--raw", "-n", "-1", "-c", "30", "--temp", "0"])
    #expect(endless.status == 0 && endless.error.contains("context is full"))
  }

  private func generate(
    _ runner: CommandRunner, _ arguments: [String]
  ) throws -> CommandRunner.Outcome {
    try runner.run(arguments: ["generate", "-m", StoryModel.path ?? ""] + arguments)
  }

  @Test func aPromptCacheSavesThePrompt() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let story = "Once upon a time there was a little girl named Lily. She liked to play"
    let flags = [
      "--raw", "-n", "20", "--temp", "0", "--prompt-cache", "story.cache", "--logprobs", "0",
    ]
    let first = try runner.run(
      arguments: ["generate", story, "-m", StoryModel.path ?? "", "--json"] + flags)
    let second = try runner.run(
      arguments: ["generate", story, "-m", StoryModel.path ?? "", "--json"] + flags)
    let reports = try [first, second].map {
      try JSONDecoder().decode(Report.self, from: Data($0.output.utf8))
    }
    #expect(reports[0].stats.cachedTokens == 0)
    #expect(reports[1].stats.cachedTokens == reports[1].stats.promptTokens - 1)
    #expect(reports[0].text == reports[1].text)
    #expect(reports[0].tokens?.map(\.logprob) == reports[1].tokens?.map(\.logprob))
    try Data("rubbish".utf8).write(to: runner.home.appending(path: "story.cache"))
    let third = try runner.run(
      arguments: ["generate", story, "-m", StoryModel.path ?? "", "--json"] + flags)
    #expect(third.error.contains("story.cache was not used"))
    #expect(third.status == 0)
  }

  @Test func theAnswerIsJSONOfTheSchema() throws {
    struct Animal: Decodable {
      let name: String
      let legs: Int
    }
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let schema =
      #"{"type":"object","properties":{"name":{"type":"string","maxLength":20},"legs":{"enum":[2,4]}},"required":["name","legs"]}"#
    let report = try report(runner, "A cat", "--raw", "--json-schema", schema, "--seed", "1")
    #expect(report.finish == "stop" && !report.isIncomplete)
    let animal = try JSONDecoder().decode(Animal.self, from: Data(report.text.utf8))
    #expect([2, 4].contains(animal.legs))
    let cut = try self.report(runner, "A cat", "--raw", "--json-schema", schema, "-n", "3")
    #expect(cut.finish == "length" && cut.isIncomplete)
    let wrong = try generate(runner, "A cat", "--json-schema", #"{"type":"string","pattern":"a"}"#)
    #expect(wrong.status == 65 && wrong.error.contains("'pattern' at $"))
  }

  @Test func eventsComeAsLines() throws {
    struct Event: Decodable {
      let type: String
      let text: String?
      let result: Report?
    }
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let outcome = try generate(
      runner, "-", "--raw", "--jsonl", "--logprobs", "2", "-n", "12", "--temp", "0",
      input: "Once upon a time")
    let events = try outcome.output.split(separator: "\n").map {
      try JSONDecoder().decode(Event.self, from: Data($0.utf8))
    }
    #expect(events.filter { $0.type == "token" }.count == 12)
    let text = events.compactMap { $0.type == "text" ? $0.text : nil }.joined()
    #expect(events.last?.type == "done" && events.last?.result?.text == text)
    #expect(events.last?.result?.tokens?.count == 12)
  }

  @Test func stopStringsEndTheTextBeforeThem() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let outcome = try generate(
      runner, "Once upon a time", "--raw", "--temp", "0", "--stop", ".", "--stats")
    #expect(outcome.status == 0 && !outcome.output.contains("."))
    #expect(outcome.error.contains("prompt: ") && outcome.error.contains("tokens/s"))
  }

  @Test func whatIsWrongIsSaidWithItsExitCode() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let long = try generate(runner, String(repeating: "word ", count: 60), "--raw", "-c", "40")
    #expect(long.status == 65 && long.error.contains("the context holds 40"))
    #expect(try generate(runner, "a", "--top-p", "2").status == 64)
    #expect(try generate(runner, "a", "--logit-bias", "99999+1").status == 64)
    #expect(try generate(runner, "a", "--logprobs", "2").status == 64)
    let missing = try runner.run("generate", "a", "-m", "nothing.gguf")
    #expect(missing.status == 69 && missing.error.contains("nothing.gguf"))
    #expect(try runner.run("help", "generate").output.contains("swiftrag generate \"Once upon"))
  }
}
