import Foundation
import Testing

/// `models prepare` and what the other commands make of its file, on a small model of random weights.
@Suite struct PrepareTests {
  private struct Loaded: Decodable { let weights: String }
  private struct Prepared: Decodable {
    let path: String
    let byteCount: Int
    let wasPrepared: Bool
  }
  private struct Listed: Decodable {
    struct File: Decodable {
      let path: String
      let problem: String?
    }
    let name: String
    let prepared: [File]?
  }

  /// A home folder with a model in `models/llm`.
  private func runnerWithModel() throws -> (runner: CommandRunner, model: String) {
    let runner = try CommandRunner()
    let folder = runner.home.appending(path: "models/llm")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let model = folder.appending(path: "m.gguf").path
    let made = try runner.run("bench", "model", "--type", "q4_k_m", "--out", model)
    #expect(made.status == 0, "\(made.error)")
    return (runner, model)
  }

  private func weights(_ runner: CommandRunner, _ arguments: String...) throws -> String {
    let outcome = try runner.run(
      arguments: ["bench", "llm", "--prefill", "1", "--decode", "1", "--json"] + arguments)
    #expect(outcome.status == 0, "\(outcome.error)")
    return try JSONDecoder().decode(Loaded.self, from: Data(outcome.output.utf8)).weights
  }

  private func listed(_ runner: CommandRunner) throws -> Listed {
    let outcome = try runner.run("models", "ls", "--json")
    let models = try JSONDecoder().decode([Listed].self, from: Data(outcome.output.utf8))
    return try #require(models.first { $0.name == "m.gguf" })
  }

  @Test func thePreparedFileIsFoundUsedAndRemoved() throws {
    let (runner, model) = try runnerWithModel()
    defer { runner.cleanUp() }
    let isReordered = try weights(runner, "-m", model) == "reordered"
    try #require(isReordered, "needs AVX2")
    let ask = ["generate", "one two", "--raw", "-m", "m", "-n", "8", "--seed", "3"]
    let expected = try runner.run(arguments: ask)
    #expect(expected.status == 0, "\(expected.error)")

    let outcome = try runner.run("models", "prepare", "m", "--json")
    let report = try JSONDecoder().decode(Prepared.self, from: Data(outcome.output.utf8))
    #expect(report.path.hasSuffix("models/llm/m.gguf.rows16") && !report.wasPrepared)
    #expect(try weights(runner, "-m", model) == "prepared")
    #expect(try weights(runner, "-m", model, "--no-prepared") == "reordered")
    #expect(try weights(runner, "-m", model, "--no-repack") == "in place")
    #expect(try runner.run(arguments: ask).output == expected.output)
    #expect(try runner.run("models", "prepare", "m").output.contains("already prepared"))
    #expect(try runner.run("models", "ls").output.contains("m.gguf  (prepared)"))
    #expect(try listed(runner).prepared?.map(\.problem) == [nil])
    #expect(try runner.run("doctor").output.contains("prepared in models/llm/m.gguf.rows16"))

    // The model changes: the file is ignored, and whoever uses the model is told what to type.
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)], ofItemAtPath: model)
    let stale = try runner.run(arguments: ask)
    #expect(stale.output == expected.output)
    #expect(stale.error.contains("m.gguf.rows16 is not used: the model's modified"))
    #expect(stale.error.contains("try: swiftrag models prepare models/llm/m.gguf"))
    #expect(try listed(runner).prepared?.first?.problem?.contains("modified") == true)
    #expect(try runner.run("models", "ls").output.contains("swiftrag models prepare m.gguf"))
    #expect(try runner.run(arguments: ask + ["--quiet"]).error == "")

    let again = try runner.run("models", "prepare", "m")
    #expect(again.status == 0 && !again.output.contains("already"))
    #expect(try weights(runner, "-m", model) == "prepared")
    #expect(try runner.run("models", "prepare", "--remove", "m").output.contains("removed models/"))
    #expect(try weights(runner, "-m", model) == "reordered")
    let nothing = try runner.run("models", "prepare", "--remove", "m")
    #expect(nothing.status == 0 && nothing.error.contains("nothing was prepared"))
  }

  @Test func whereTheModelsFolderCannotBeWrittenTheCacheIs() throws {
    let (runner, model) = try runnerWithModel()
    defer { runner.cleanUp() }
    // Below /proc nothing can be created, whoever asks.
    let file = try FileHandle(forReadingFrom: URL(filePath: model))
    let path =
      "/proc/\(ProcessInfo.processInfo.processIdentifier)/fd/\(file.fileDescriptor)"
    let outcome = try runner.run("models", "prepare", path)
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.contains("/.cache/swiftrag/prepared/m.gguf-"))
    #expect(outcome.error.contains("not written to \(path).rows16: No such file or directory"))
    #expect(try weights(runner, "-m", model) == "prepared")
    // Its model goes: `ls` says so, and how to have the space back.
    try FileManager.default.removeItem(atPath: model)
    let list = try runner.run("models", "ls")
    #expect(list.error.contains("was prepared from a model that is gone"))
    let resolved = try #require(
      list.error.split(separator: "\n").first { $0.contains("try: ") }?.split(separator: " ").last)
    let removed = try runner.run("models", "prepare", "--remove", String(resolved))
    #expect(removed.output.contains("/prepared/m.gguf-"), "\(removed.error)")
    withExtendedLifetime(file) {}
  }

  /// A limit of a file's size stands for a full disk: the write fails midway.
  @Test func aWriteThatFailsLeavesNothing() throws {
    let (runner, model) = try runnerWithModel()
    defer { runner.cleanUp() }
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = [
      "-c", "ulimit -f 64; exec \"$0\" models prepare \"$1\"", CommandRunner.executable.path, model,
    ]
    shell.currentDirectoryURL = runner.home
    shell.environment = ["HOME": runner.home.path, "LC_ALL": "C.UTF-8"]
    let errors = Pipe()
    shell.standardError = errors
    shell.standardOutput = FileHandle.nullDevice
    try shell.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 73)
    #expect(text.contains("cannot store") && text.contains("File too large"), "\(text)")
    for folder in ["models/llm", ".cache/swiftrag/prepared"] {
      let names = try FileManager.default.contentsOfDirectory(
        atPath: runner.home.appending(path: folder).path)
      #expect(names.filter { $0 != "m.gguf" } == [])
    }
  }

  @Test func whatCannotBePreparedIsSaid() throws {
    let (runner, _) = try runnerWithModel()
    defer { runner.cleanUp() }
    let missing = try runner.run("models", "prepare", "nothing")
    #expect(missing.status == 69 && missing.error.contains("nothing"))
    let made = try runner.run("bench", "model", "--type", "f32", "--out", "f32.gguf")
    #expect(made.status == 0)
    let plain = try runner.run("models", "prepare", "f32.gguf")
    #expect(
      plain.status == 69 && plain.error.contains("none of its weights has an order of its own"))
    let encoder = CommandRunner.packageRoot.appending(path: "models/embeddings/all-MiniLM-L6-v2")
    let file = try #require(
      FileManager.default.contentsOfDirectory(atPath: encoder.path).first { $0.hasSuffix(".gguf") })
    let bert = try runner.run("models", "prepare", encoder.appending(path: file).path)
    #expect(bert.status == 65 && bert.error.contains("general.architecture is bert"))
  }
}
