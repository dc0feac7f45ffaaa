import Foundation
import Testing

/// A copy of the original system's `backend` folder, and the caches of other programs, used where they
/// are.
@Suite struct BackendFolderTests {
  /// A home folder with the files at these places, as links to fixtures.
  private func runner(_ files: [String: String]) throws -> CommandRunner {
    let runner = try CommandRunner()
    for (path, fixture) in files {
      let target = runner.home.appending(path: path)
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        at: target, withDestinationURL: CommandRunner.fixture(fixture))
    }
    return runner
  }

  private func backend() throws -> CommandRunner {
    let runner = try runner([
      "backend/models/llm/mistral-7b-instruct-v0.2.Q4_K_M.gguf": "pocket/pocket-Q4_K_M.gguf",
      "backend/models/llm/another.gguf": "pocket/pocket-Q4_K_M.gguf",
      "backend/models/whisper/small.pt": "whisper/tiny.pt",
    ])
    try Data(
      """
      # The language model.
      model_backend: llama_cpp   # a GGUF file
      model_path: ./models/llm/mistral-7b-instruct-v0.2.Q4_K_M.gguf
      top_k: 3
      max_tokens: 16
      temprature: 0.1
      """.utf8
    ).write(to: runner.home.appending(path: "backend/config.yaml"))
    return runner
  }

  @Test func theFolderOfTheOriginalIsUsedInPlace() throws {
    let runner = try backend()
    defer { runner.cleanUp() }
    let shown = try runner.run("config", "show", "--models", "backend/models")
    #expect(shown.status == 0, "\(shown.error)")
    for line in [
      "model_backend    native  (backend/config.yaml)", "top_k            3  (backend/config.yaml)",
      "model_path       backend/models/llm/mistral-7b-instruct-v0.2.Q4_K_M.gguf",
      "max_tokens       16  (backend/config.yaml)",
      "models_dir       backend/models  (flag --models)",
    ] {
      #expect(shown.output.contains(line), "\(line) is not in \(shown.output)")
    }
    #expect(
      shown.error.contains("'temprature' is not a setting of swiftrag; did you mean temperature?"))
    let list = try runner.run("models", "ls", "--models", "backend/models")
    #expect(
      list.output.contains("* llm  mistral-7b-instruct-v0.2.Q4_K_M.gguf  2.0 MB  llama Q4_K_M"),
      "\(list.output)")
    #expect(list.output.contains("(used: model_path in backend/config.yaml)"))
    #expect(list.output.contains("  llm  another.gguf"))
    #expect(list.output.contains("* whisper  small.pt"), "\(list.output)")
    let answer = try runner.run("generate", "Hello", "-n", "2", "--models", "backend/models")
    #expect(answer.status == 0 && !answer.output.isEmpty, "\(answer.error)")
    // Also from inside the folder, as the original is started.
    let inside = try runner.run(
      "config", "show", environment: ["SWIFTRAG_MODELS": "backend/models"])
    #expect(
      inside.output.contains("models_dir       backend/models  (environment SWIFTRAG_MODELS)"))
  }

  /// Names say something else than the contents.
  @Test func theContentDecides() throws {
    let runner = try runner([
      "models/llm/renamed.gguf": "clip-small/clip-small-q8_0.gguf",
      "models/whisper/base.gguf": "pocket/pocket-Q4_K_M.gguf",
      "models/embeddings/x.pt": "whisper/tiny.pt",
      "models/loose.pt": "whisper/tiny.pt",
    ])
    defer { runner.cleanUp() }
    let list = try runner.run("models", "ls", "--models", "models")
    for line in [
      "* clip  renamed.gguf", "* llm  base.gguf", "* whisper  x.pt", "  whisper  loose.pt",
    ] {
      #expect(list.output.contains(line), "\(line) is not in \(list.output)")
    }
    let answer = try runner.run("generate", "Hello", "-n", "2", "--models", "models")
    #expect(answer.status == 0, "\(answer.error)")
  }

  @Test func cachesOfOtherProgramsAreFound() throws {
    let digest = String(repeating: "ab", count: 32)
    let commit = String(repeating: "c", count: 40)
    let runner = try runner([
      ".cache/huggingface/hub/models--openai--whisper-tiny/snapshots/\(commit)/config.json":
        "whisper/tiny-hf/config.json",
      ".cache/huggingface/hub/models--openai--whisper-tiny/snapshots/\(commit)/model.safetensors":
        "whisper/tiny-hf/model.safetensors",
      ".cache/whisper/base.pt": "whisper/tiny.pt",
      ".ollama/models/blobs/sha256-\(digest)": "pocket/pocket-Q4_K_M.gguf",
    ])
    defer { runner.cleanUp() }
    let manifests = runner.home.appending(
      path: ".ollama/models/manifests/registry.ollama.ai/library/pocket")
    try FileManager.default.createDirectory(at: manifests, withIntermediateDirectories: true)
    try Data(
      """
      {"schemaVersion": 2, "layers": [
        {"mediaType": "application/vnd.ollama.image.template", "digest": "sha256:00"},
        {"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:\(digest)"}]}
      """.utf8
    ).write(to: manifests.appending(path: "latest"))
    let models = runner.home.appending(path: "models")
    try FileManager.default.createDirectory(
      at: models.appending(path: "llm"), withIntermediateDirectories: true)
    let list = try runner.run("models", "ls", "--models", "models")
    for line in [
      "* llm  pocket:latest  2.0 MB  llama Q4_K_M", "(in ollama's store)",
      "* whisper  base.pt", "(in the cache of openai-whisper)", "openai/whisper-tiny",
      "(in Hugging Face's cache)",
    ] {
      #expect(list.output.contains(line), "\(line) is not in \(list.output)")
    }
    #expect(
      try runner.run("models", "path", "whisper-tiny", "--models", "models").output
        .hasSuffix("snapshots/\(commit)\n"))
    let answer = try runner.run(
      "generate", "Hello", "-n", "2", "-m", "pocket:latest", "--models", "models")
    #expect(answer.status == 0, "\(answer.error)")
    let removal = try runner.run("models", "rm", "pocket:latest", "--models", "models")
    #expect(removal.status == 77 && removal.error.contains("never changes"), "\(removal.error)")
  }

  @Test func aSettingIsReplacedAndCommentsStay() throws {
    let runner = try backend()
    defer { runner.cleanUp() }
    let file = runner.home.appending(path: "config.yaml")
    try FileManager.default.copyItem(
      at: runner.home.appending(path: "backend/config.yaml"), to: file)
    let set = try runner.run("config", "set", "model_backend", "quote")
    #expect(set.output == "model_backend: quote  (config.yaml)\n", "\(set.error)")
    _ = try runner.run("config", "set", "index_path", "my index: #1.sqlite")
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(
      text.hasPrefix("# The language model.\nmodel_backend: quote   # a GGUF file\nmodel_path: ./"))
    #expect(text.hasSuffix("\nindex_path: \"my index: #1.sqlite\"\n"), "\(text)")
    #expect(
      try runner.run("config", "show").output.contains("index_path       my index: #1.sqlite"))
    let wrong = try runner.run("config", "set", "top_k", "0")
    #expect(wrong.status == 64 && wrong.error.contains("top_k must be a whole number"))
    let unknown = try runner.run("config", "set", "topk", "3")
    #expect(unknown.status == 64 && unknown.error.contains("did you mean top_k?"))
    #expect(try String(contentsOf: file, encoding: .utf8) == text)
  }
}
