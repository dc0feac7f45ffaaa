import Foundation
import Testing

/// The offer of `run` on a terminal to download a language model where there is none.
@Suite(.serialized) struct FirstRunTests {
  private static let pocket = CommandRunner.fixture("pocket/pocket-Q4_K_M.gguf")
  private static let offer = "Download it now? [y/N] "
  private let runner: CommandRunner

  /// A home folder whose registry proposes the pocket model under the name of the first candidate.
  init() throws {
    runner = try CommandRunner()
    let files = FileManager.default
    for (name, text) in [
      "a.txt": "Every morning at 6:00 the museum of Harpville opens.\n",
      ".config/swiftrag/models.json": """
      {"schema": 1, "models": [{"name": "mistral", "role": "llm", "title": "Pocket",
        "license": "MIT", "memory_bytes": 1000, "repository": "owner/pocket",
        "files": [{"path": "pocket.gguf", "bytes": \(try Data(contentsOf: Self.pocket).count)}]}]}
      """,
    ] {
      let file = runner.home.appending(path: name)
      try files.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    let encoder = runner.home.appending(path: "models/embeddings")
    try files.createDirectory(
      at: encoder.deletingLastPathComponent(), withIntermediateDirectories: true)
    try files.createSymbolicLink(
      at: encoder,
      withDestinationURL: CommandRunner.packageRoot.appending(path: "models/embeddings"))
  }

  private func session(_ environment: [String: String]) throws -> TerminalSession {
    try TerminalSession(
      ["run", "--docs", "a.txt", "--color", "never"], in: runner,
      environment: ["SWIFTRAG_MODELS": runner.home.path + "/models"].merging(environment) { $1 })
  }

  private func hub(rate: Int = 0) throws -> HubProcess {
    try HubProcess(repositories: ["owner/pocket/pocket.gguf": Self.pocket], rate: rate)
  }

  private var models: [String] { runner.files(below: "models/llm") }

  @Test func noLeavesEverythingAsItIs() throws {
    defer { runner.cleanUp() }
    let hub = try hub()
    let session = try session(hub.environment)
    #expect(session.shows(Self.offer), "\(session.screen)")
    let line = try #require(session.screen.split(separator: "\n").first)
    #expect(
      line.contains("swiftrag models pull mistral (2.0 MB, MIT, 1.0 kB of memory, at most "),
      "\(line)")
    session.enter("n")
    #expect(session.shows("\n> "), "\(session.screen)")
    session.enter("When does the museum of Harpville open?")
    #expect(session.shows("6:00"), "\(session.screen)")
    session.control("d")
    #expect(session.exitStatus() == 0)
    #expect(models.isEmpty)
  }

  @Test func yesDownloadsTheModelThatThenAnswers() throws {
    defer { runner.cleanUp() }
    let hub = try hub()
    let session = try session(hub.environment)
    #expect(session.shows(Self.offer), "\(session.screen)")
    session.enter("y")
    #expect(session.shows("\n> "), "\(session.screen)")
    #expect(session.screen.contains("models/llm/pocket.gguf"))
    // "Answers cite them" is said where a language model writes.
    #expect(session.screen.contains("Answers cite them."), "\(session.screen)")
    #expect(!session.screen.contains("hf_secret"))
    session.enter("/quit")
    #expect(session.exitStatus() == 0)
    #expect(models == [".pocket.gguf.pull.json", "pocket.gguf"])
    // The next run has a model and offers nothing.
    let next = try self.session(hub.environment)
    #expect(next.shows("\n> "), "\(next.screen)")
    #expect(!next.screen.contains("Download it now"))
    next.control("d")
    #expect(next.exitStatus() == 0)
  }

  @Test func controlCAtTheQuestionEndsTheProgram() throws {
    defer { runner.cleanUp() }
    let hub = try hub()
    let session = try session(hub.environment)
    #expect(session.shows(Self.offer), "\(session.screen)")
    session.control("c")
    #expect(session.exitStatus() == 130)
    #expect(models.isEmpty)
  }

  @Test func controlCDuringTheDownloadKeepsItsBytes() throws {
    defer { runner.cleanUp() }
    let slow = try hub(rate: 200_000)
    let session = try session(slow.environment)
    #expect(session.shows(Self.offer), "\(session.screen)")
    session.enter("y")
    for _ in 0..<1000 where !models.contains(where: { $0.hasSuffix(".part") }) { usleep(10_000) }
    usleep(500_000)
    session.control("c")
    #expect(session.exitStatus() == 130, "\(session.screen)")
    #expect(session.screen.contains("try: the same command again"), "\(session.screen)")
    // No conversation begins after it.
    #expect(!session.screen.contains("Ask about your documents"), "\(session.screen)")
    #expect(!models.contains("pocket.gguf") && !models.isEmpty, "\(models)")
  }

  @Test func aHubThatFailsIsToldAndTheConversationBegins() throws {
    defer { runner.cleanUp() }
    let session = try session(["HF_ENDPOINT": "http://127.0.0.1:9"])
    #expect(session.shows(Self.offer), "\(session.screen)")
    session.enter("yes")
    #expect(session.shows("\n> "), "\(session.screen)")
    #expect(session.screen.contains("error: ") && session.screen.contains("\n  try: "))
    session.control("d")
    #expect(session.exitStatus() == 0)
  }

  @Test func nothingIsOfferedOffline() throws {
    defer { runner.cleanUp() }
    let session = try session(["HF_HUB_OFFLINE": "1"])
    #expect(session.shows("\n> "), "\(session.screen)")
    #expect(session.screen.contains("swiftrag models pull mistral"))
    #expect(!session.screen.contains("Download it now"))
    session.control("d")
    #expect(session.exitStatus() == 0)
  }
}
