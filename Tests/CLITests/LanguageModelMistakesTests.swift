import Foundation
import Testing

/// The messages about wrong files, wrong numbers and missing input of a language model.
@Suite struct LanguageModelMistakesTests {
  private static let model = CommandRunner.packageRoot.appending(
    path: "Tests/Fixtures/pocket/pocket-Q4_K_M.gguf"
  ).path

  private func generate(
    _ runner: CommandRunner, _ arguments: String...
  ) throws -> CommandRunner.Outcome {
    try runner.run(
      arguments: ["generate", "Hello", "--raw", "-n", "3", "-m", Self.model] + arguments)
  }

  @Test(arguments: [
    (["--temp", "-1"], "temperature is -1.0"), (["--top-k", "-1"], "top-k is -1"),
    (["--repeat-last-n", "-2"], "repeat-last-n is -2"),
    (["-c", "-1"], "--context must be at least 2, not -1"),
    (["-s", "-2"], "'-2' is invalid for '-s"),
    // Beyond Float32, in which logits are: their differences would be no numbers.
    (["--repeat-penalty", "1e-60"], "repeat-penalty is 1e-60"),
    (["--presence-penalty", "-1e300"], "presence-penalty is -1e+300"),
  ])
  func aNumberThatMeansNothingIsNamed(flags: [String], expected: String) throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    // The flags are wrong whatever the model: it is not looked for first.
    let outcome = try runner.run(
      arguments: ["generate", "Hello", "--raw", "-n", "3", "-m", Self.model] + flags)
    #expect(outcome.status == 64, "\(outcome.error)")
    #expect(outcome.error.contains(expected), "\(outcome.error)")
    #expect(outcome.output.isEmpty)
  }

  @Test(arguments: [
    ["models", "prepare", "nothing.gguf", "-t", "257"], ["bench", "memory", "--threads=-1"],
    ["bench", "llm", "-m", "nothing.gguf", "-t", "100000"],
    ["bench", "search", "--vectors", "v.npy", "--queries", "q.npy", "-t", "1000000000"],
  ])
  func aNumberOfThreadsThatNoMachineHasIsNamed(arguments: [String]) throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let outcome = try runner.run(arguments: arguments)
    #expect(outcome.status == 64, "\(outcome.error)")
    #expect(outcome.error.contains("--threads must be between 0 and 256, not "), "\(outcome.error)")
  }

  @Test func aNameOfNoModelIsSearchedAmongAllKinds() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let folder = runner.home.appending(path: "models/llm")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: URL(filePath: Self.model), to: folder.appending(path: "pocket.gguf"))
    let missing = try runner.run("models", "path", "nothing")
    #expect(missing.status == 69, "\(missing.error)")
    #expect(missing.error.contains("no model 'nothing' (searched: "), "\(missing.error)")
    #expect(missing.error.contains("known: pocket.gguf"), "\(missing.error)")
    let found = try runner.run("models", "path", "pocket")
    #expect(found.output.hasSuffix("models/llm/pocket.gguf\n"), "\(found.error)")
  }

  @Test func extremesOfTheOptionsStillGenerate() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    for flags in [
      ["--repeat-last-n", "9999999999999", "--repeat-penalty", "1.1"],
      ["--repeat-last-n", "-1", "--frequency-penalty", "-1e30"], ["-s", "-1"],
      ["--repeat-penalty", "1e-30", "--logit-bias", "40+3.4e38", "--logit-bias", "41+3.4e38"],
    ] {
      let outcome = try runner.run(
        arguments: ["generate", "Hello", "--raw", "-n", "3", "-m", Self.model] + flags)
      #expect(outcome.status == 0, "\(flags): \(outcome.error)")
    }
    let long = try generate(runner, "-c", "4096")
    #expect(long.error.contains("trained for 2048 tokens"))
  }

  @Test func aDamagedFileIsNamed() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let short = try Data(contentsOf: URL(filePath: Self.model)).prefix(100_000)
    try short.write(to: runner.home.appending(path: "short.gguf"))
    try Data("model_path: short.gguf\n".utf8).write(
      to: runner.home.appending(path: "config.yaml"))
    for arguments in [
      ["generate", "Hello", "-m", "short.gguf"], ["inspect", "short.gguf"],
      ["tokenize", "Hello", "-m", "short.gguf"], ["models", "prepare", "short.gguf"],
      ["models", "convert", "short.gguf", "--out", "x.gguf"], ["bench", "llm", "-m", "short.gguf"],
    ] {
      let outcome = try runner.run(arguments: arguments)
      #expect(outcome.status == 65, "\(arguments): \(outcome.error)")
      #expect(outcome.error.hasPrefix("error: short.gguf: tensor '"), "\(outcome.error)")
    }
    let doctor = try runner.run("doctor")
    #expect(doctor.status == 69 && doctor.output.contains("missing  language model  short.gguf: "))
    #expect(try runner.run("bench", "llm", "-m", "nothing.gguf").status == 66)
    let request = try runner.run(
      "bench", "llm", "-m", Self.model, "--requests", input: #"{"prefill":-5}"#)
    #expect(request.status == 65 && request.error.contains("not a valid number of tokens"))
    #expect(try runner.run("bench", "llm", "-m", Self.model, "-t", "100000").status == 64)
  }

  @Test func aSchemaThatWouldExhaustTheStackIsReadOrRefused() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    var schema = ##"{"$ref":"#/$defs/a0","$defs":{"##
    for index in 0..<20_000 { schema += ##""a\##(index)":{"$ref":"#/$defs/a\##(index + 1)"},"## }
    schema += #""a20000":{"type":"null"}}}"#
    try Data(schema.utf8).write(to: runner.home.appending(path: "chain.json"))
    let chain = try generate(runner, "--json-schema", "chain.json")
    #expect(chain.status == 65 && chain.error.contains("a chain of more than"))
    let members = (0..<30_000).map { "\"p\($0)\":{\"type\":\"null\"}" }
    let wide = "{\"type\":\"object\",\"properties\":{" + members.joined(separator: ",") + "}}"
    try Data(wide.utf8).write(to: runner.home.appending(path: "wide.json"))
    let many = try generate(runner, "--json-schema", "wide.json")
    #expect(many.status == 0 && many.output.hasPrefix("{"), "\(many.error.suffix(500))")
  }

  @Test func nobodysFileIsOverwritten() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let copy = runner.home.appending(path: "model.gguf")
    try FileManager.default.copyItem(atPath: Self.model, toPath: copy.path)
    let original = try Data(contentsOf: copy)
    let cache = try generate(runner, "--prompt-cache", "model.gguf")
    #expect(
      cache.status == 0 && cache.error.contains("it is not a prompt cache; it was left unchanged"))
    for place in ["nowhere/x.gguf", ".", ""] {
      for arguments in [
        ["models", "convert", "model.gguf", "--out", place], ["bench", "model", "--out", place],
      ] {
        #expect(try runner.run(arguments: arguments).status == 73, "\(arguments)")
      }
    }
    let onto = try runner.run("models", "convert", "model.gguf", "--out", "./model.gguf")
    #expect(onto.status == 64 && onto.error.contains("is the source"))
    #expect(try Data(contentsOf: copy) == original)
  }

  @Test func closedAndFullStreamsAreSaid() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let program = CommandRunner.executable.path
    func shell(_ redirection: String) throws -> (status: Int32, error: String) {
      let process = Process()
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = [
        "-c", "\"$0\" generate - -n 2 --raw -m \"$1\" 2>errors \(redirection)", program, Self.model,
      ]
      process.currentDirectoryURL = runner.home
      process.environment = ["HOME": runner.home.path, "PATH": "/usr/bin:/bin"]
      try process.run()
      process.waitUntilExit()
      let error = try String(
        contentsOf: runner.home.appending(path: "errors"), encoding: .utf8)
      return (process.terminationStatus, error)
    }
    let noInput = try shell("<&-")
    #expect(noInput.status == 66 && noInput.error.contains("cannot read standard input"))
    let full = try shell("</dev/null >/dev/full")
    #expect(full.status == 74 && full.error.contains("No space left on device"))
    let closed = try shell("</dev/null >&-")
    #expect(closed.status == 74 && closed.error.contains("cannot write to standard output"))
  }

  @Test func aConfiguredTemperatureHoldsForGenerate() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let greedy = try runner.run(
      "generate", "The", "--raw", "-n", "20", "-m", Self.model, "--temp", "0", "-s", "3")
    let warm = try runner.run(
      "generate", "The", "--raw", "-n", "20", "-m", Self.model, "--temp", "1.5", "-s", "3")
    try Data("temperature: 0\n".utf8).write(to: runner.home.appending(path: "config.yaml"))
    let configured = try runner.run(
      "generate", "The", "--raw", "-n", "20", "-m", Self.model, "-s", "3")
    #expect(configured.output == greedy.output && greedy.output != warm.output)
  }

  @Test func anAnswerSaysHowItEnded() throws {
    struct Shape: Decodable {
      let finish: String?
      let text: String
    }
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    try Data("Every morning at 6:00 the museum of Harpville opens.\n".utf8)
      .write(to: runner.home.appending(path: "a.txt"))
    let ask = [
      "run", "--docs", "a.txt", "When does the museum of Harpville open?", "-m", Self.model,
    ]
    let cut = try runner.run(arguments: ask + ["--json", "-n", "2", "--temp", "0"])
    let shape = try JSONDecoder().decode(Shape.self, from: Data(cut.output.utf8))
    #expect(shape.finish == "length", "\(cut.error)")
    // However much an answer may have, the question and its passages keep half of the context.
    let long = try runner.run(arguments: ask + ["-n", "5000", "--temp", "0"])
    #expect(long.status == 0 && long.output.contains("6:00"), "\(long.error)")
    let none = try runner.run(arguments: ask + ["-c", "64"])
    #expect(none.status == 65 && none.error.contains("the context leaves room for 32"))
  }
}
