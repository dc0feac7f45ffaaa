import Foundation
import Testing

/// `models pull` and its neighbours against a hub on this machine.
@Suite(.serialized) struct ModelsPullTests {
  private static let pocket = CommandRunner.fixture("pocket/pocket-Q4_K_M.gguf")
  private static let models = ".local/share/swiftrag/models"

  private func hub(rate: Int = 0) throws -> HubProcess {
    try HubProcess(
      repositories: [
        "owner/pocket/pocket.gguf": Self.pocket,
        "owner/pocket/README.md": CommandRunner.fixture("pocket/README.md"),
        "gated/pocket/pocket.gguf": Self.pocket,
        "owner/poem/poem.gguf": CommandRunner.fixture("pocket/golden.json"),
      ], rate: rate)
  }

  /// A runner whose models folder is that of the user, not that of the checkout.
  private func runner() throws -> (CommandRunner, [String]) {
    let runner = try CommandRunner()
    return (runner, ["--models", runner.home.appending(path: Self.models).path])
  }

  @Test func aModelIsPulledListedUsedVerifiedAndRemoved() throws {
    let hub = try hub()
    let (runner, models) = try runner()
    defer { runner.cleanUp() }
    func run(_ arguments: String...) throws -> CommandRunner.Outcome {
      try runner.run(arguments: arguments + models, environment: hub.environment)
    }
    let dry = try run("models", "pull", "hf:owner/pocket", "--dry-run")
    #expect(dry.status == 0 && runner.files(below: Self.models).isEmpty, "\(dry.error)")
    let pulled = try run("models", "pull", "hf:owner/pocket")
    #expect(pulled.status == 0, "\(pulled.error)")
    #expect(pulled.output.hasSuffix("models/llm/pocket.gguf\n"), "\(pulled.output)")
    #expect(!(pulled.output + pulled.error).contains("hf_secret"))
    #expect(
      runner.files(below: Self.models) == ["llm/.pocket.gguf.pull.json", "llm/pocket.gguf"])
    for (flags, size) in [([], "0 bytes"), (["--force"], "2.0 MB")] {
      let plan = try runner.run(
        arguments: ["models", "pull", "hf:owner/pocket", "--dry-run"] + flags + models,
        environment: hub.environment)
      #expect(plan.error.contains("to download: \(size)"), "\(plan.error)")
    }
    let list = try run("models", "ls")
    #expect(list.output.contains("* llm  pocket.gguf  2.0 MB  llama Q4_K_M"), "\(list.output)")
    #expect(list.output.contains("(used: the first by name)"))
    let verified = try run("models", "verify", "pocket.gguf")
    #expect(verified.status == 0 && verified.output.hasPrefix("ok "), "\(verified.output)")
    let answer = try run("generate", "What is", "-n", "2", "--seed", "1")
    #expect(answer.status == 0 && !answer.output.isEmpty, "\(answer.error)")
    let used = try run("models", "use", "pocket.gguf")
    #expect(used.output.hasPrefix("model_path: pocket.gguf"), "\(used.error)")
    #expect(try run("models", "ls").output.contains("(used: model_path in "))
    let overruled = try runner.run(
      arguments: ["models", "use", "pocket.gguf"] + models,
      environment: ["TEXT_MODEL_PATH": "other.gguf"])
    #expect(overruled.error.contains("TEXT_MODEL_PATH is set and has precedence"))
    // A byte changes: verify says so.
    let file = runner.home.appending(path: Self.models + "/llm/pocket.gguf")
    let handle = try FileHandle(forWritingTo: file)
    try handle.seek(toOffset: 1_900_000)
    try handle.write(contentsOf: Data([1, 2, 3, 4]))
    try handle.close()
    let damaged = try run("models", "verify", "pocket.gguf")
    #expect(damaged.status == 65 && damaged.output.hasPrefix("wrong "), "\(damaged.output)")
    #expect(damaged.error.contains("try: swiftrag models pull --force"))
    let again = try run("models", "pull", "hf:owner/pocket/pocket.gguf", "--force")
    #expect(again.status == 0, "\(again.error)")
    #expect(try run("models", "verify", "pocket.gguf").status == 0)
    let removed = try run("models", "rm", "pocket.gguf")
    #expect(removed.status == 0 && runner.files(below: Self.models).isEmpty, "\(removed.error)")
  }

  @Test func offlineVariablesForbidItWithExit77() throws {
    let hub = try hub()
    let (runner, models) = try runner()
    defer { runner.cleanUp() }
    for name in ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "SWIFTRAG_OFFLINE"] {
      let outcome = try runner.run(
        arguments: ["models", "pull", "hf:owner/pocket/pocket.gguf"] + models,
        environment: hub.environment.merging([name: "1"]) { $1 })
      #expect(outcome.status == 77 && outcome.output.isEmpty)
      #expect(outcome.error.contains("\(name) forbids") && outcome.error.contains("try: "))
      // What is said about the registry needs no network.
      let dry = try runner.run(
        arguments: ["models", "pull", "all", "--dry-run"] + models, environment: [name: "1"])
      #expect(dry.status == 0 && dry.output.contains("mistral"), "\(dry.error)")
    }
    #expect(runner.files(below: Self.models).isEmpty)
  }

  @Test(arguments: [
    (
      "mistrel", 64,
      "'mistrel' is not the name of a model that can be pulled; did you mean mistral?"
    ),
    (
      "tinyname", 64,
      "'tinyname' is not the name of a model that can be pulled\n  try: swiftrag models"
    ),
    ("hf:owner/nothing", 69, "does not exist"),
    ("hf:owner/nothing/x.gguf", 69, "does not exist"),
    ("hf:owner/poem/poem.gguf", 65, "not a model that swiftrag can use"),
    ("ftp://x/y.gguf", 64, "must begin with http"),
  ])
  func aFaultIsExplained(name: String, status: Int32, message: String) throws {
    let hub = try hub()
    let (runner, models) = try runner()
    defer { runner.cleanUp() }
    let outcome = try runner.run(
      arguments: ["models", "pull", name] + models, environment: hub.environment)
    #expect(outcome.status == status && outcome.output.isEmpty, "\(outcome.error)")
    #expect(outcome.error.contains(message), "\(outcome.error)")
    #expect(outcome.error.contains("\n  try: "))
    #expect(runner.files(below: Self.models).isEmpty)
  }

  /// Only downloads need the program curl.
  @Test func theRegistryIsListedWithoutCurl() throws {
    let (runner, models) = try runner()
    defer { runner.cleanUp() }
    let path = ["PATH": runner.home.path]
    let list = try runner.run(
      arguments: ["models", "ls", "--registry"] + models, environment: path)
    #expect(list.status == 0 && list.output.contains("mistral"), "\(list.error)")
    let pull = try runner.run(
      arguments: ["models", "pull", "mistral"] + models, environment: path)
    #expect(pull.status == 69 && pull.error.contains("try: sudo apt install curl"))
  }

  @Test func aGatedModelNeedsTheToken() throws {
    let hub = try hub()
    let (runner, models) = try runner()
    defer { runner.cleanUp() }
    let pull = ["models", "pull", "hf:gated/pocket/pocket.gguf"] + models
    let refused = try runner.run(
      arguments: pull, environment: hub.environment.merging(["HF_TOKEN": ""]) { $1 })
    #expect(refused.status == 69 && refused.error.contains("accepted its licence"))
    #expect(try runner.run(arguments: pull, environment: hub.environment).status == 0)
  }

  /// 2 MB at 1 MB/s: the process is killed before the end, and the next pull continues.
  @Test func aKilledPullLeavesNothingHalfInstalled() throws {
    let hub = try hub(rate: 1_000_000)
    let (runner, models) = try runner()
    defer { runner.cleanUp() }
    var kept: [Int] = []
    for _ in 0..<3 {
      let process = Process()
      process.executableURL = CommandRunner.executable
      process.arguments = ["models", "pull", "hf:owner/pocket/pocket.gguf"] + models
      process.currentDirectoryURL = runner.home
      process.environment = hub.environment.merging(
        ["HOME": runner.home.path, "PATH": "/usr/bin:/bin"]) { $1 }
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      let start = kept.last ?? 0
      for _ in 0..<500 where partByteCount(runner) <= start && process.isRunning { usleep(10_000) }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      kept.append(partByteCount(runner))
      #expect(!runner.files(below: Self.models).contains("llm/pocket.gguf"))
    }
    #expect(kept == kept.sorted() && kept[0] > 0, "\(kept)")
    let list = try runner.run(arguments: ["models", "ls"] + models)
    #expect(!list.output.contains("pocket"), "\(list.output)")
    let doctor = try runner.run(arguments: ["doctor"] + models)
    #expect(doctor.output.contains("unfinished: owner/pocket/pocket.gguf"), "\(doctor.output)")
    let outcome = try runner.run(
      arguments: ["models", "pull", "hf:owner/pocket/pocket.gguf"] + models,
      environment: hub.environment)
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(
      try Data(contentsOf: runner.home.appending(path: Self.models + "/llm/pocket.gguf"))
        == Data(contentsOf: Self.pocket))
    #expect(runner.files(below: Self.models).count == 2)
  }

  /// The bytes in the `.part` file.
  private func partByteCount(_ runner: CommandRunner) -> Int {
    runner.files(below: Self.models).filter { $0.hasSuffix(".part") }.compactMap {
      let path = runner.home.appending(path: Self.models + "/" + $0).path
      return try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    }.first ?? 0
  }

  /// A limit of the file size has the effect of a full disk.
  @Test func aFullDiskKeepsWhatWasDownloaded() throws {
    let hub = try hub()
    let (runner, models) = try runner()
    defer { runner.cleanUp() }
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments =
      [
        "-c", "ulimit -f 1000; exec \"$0\" \"$@\"", CommandRunner.executable.path, "models", "pull",
        "hf:owner/pocket/pocket.gguf",
      ] + models
    shell.currentDirectoryURL = runner.home
    shell.environment = hub.environment.merging(
      ["HOME": runner.home.path, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]) { $1 }
    let errors = Pipe()
    shell.standardError = errors
    shell.standardOutput = FileHandle.nullDevice
    try shell.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 74, "\(text)")
    #expect(text.contains("what was downloaded is kept") && text.contains("try: free some space"))
    #expect(partByteCount(runner) > 400_000)
    #expect(!runner.files(below: Self.models).contains("llm/pocket.gguf"))
    let outcome = try runner.run(
      arguments: ["models", "pull", "hf:owner/pocket/pocket.gguf"] + models,
      environment: hub.environment)
    #expect(outcome.status == 0, "\(outcome.error)")
  }

  @Test func twoPullsAtOnceBothSucceed() throws {
    let hub = try hub(rate: 2_000_000)
    let (runner, models) = try runner()
    defer { runner.cleanUp() }
    let processes = try (0..<2).map { _ in
      let process = Process()
      process.executableURL = CommandRunner.executable
      process.arguments = ["models", "pull", "hf:owner/pocket"] + models
      process.currentDirectoryURL = runner.home
      process.environment = hub.environment.merging(
        ["HOME": runner.home.path, "PATH": "/usr/bin:/bin"]) { $1 }
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      return process
    }
    for process in processes {
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    #expect(
      runner.files(below: Self.models) == ["llm/.pocket.gguf.pull.json", "llm/pocket.gguf"])
  }
}
