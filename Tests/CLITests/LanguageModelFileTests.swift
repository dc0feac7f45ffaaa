import Foundation
import Testing

/// Commands on a language model's file; the file is the fixture of 600 pieces.
@Suite struct LanguageModelFileTests {
  private static let vocabulary = CommandRunner.packageRoot
    .appending(path: "Tests/Fixtures/tokenizers/sentencepiece-600.gguf").path()

  private struct Tokens: Decodable {
    let ids: [Int32]
    let pieces: [String]
  }

  @Test func tokenizeShowsIDsAndPieces() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let outcome = try runner.run("tokenize", "-m", Self.vocabulary, "</s>\n", "--json")
    #expect(outcome.status == 0, "\(outcome.error)")
    let tokens = try JSONDecoder().decode(Tokens.self, from: Data(outcome.output.utf8))
    #expect(!tokens.ids.contains(2) && tokens.pieces.joined() == "\u{2581}</s><0x0A>")
    let special = try runner.run("tokenize", "-m", Self.vocabulary, "</s>", "--special")
    #expect(special.output == "2\t</s>\n")
    let lines = try runner.run(
      arguments: ["tokenize", "-m", Self.vocabulary, "--jsonl"], input: "\"\"\n\"</s>\"\n")
    #expect(lines.output.hasPrefix("[]\n[") && !lines.output.contains("[2]"))
  }

  @Test func inspectShowsTheFilesOfAModel() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let fixtures = CommandRunner.packageRoot.appending(path: "Tests/Fixtures/checkpoints").path
    let split = try runner.run(
      "inspect", fixtures + "/split-00002-of-00003.gguf", "--map", "--tensors")
    #expect(split.status == 0 && split.output.hasPrefix("GGUF v3, "), "\(split.error)")
    for text in [
      "\nfiles\n  0    352 bytes", "2 tensors       \(fixtures)/split-00001-of-00003.gguf",
      "  file 1: \(fixtures)/split-00002-of-00003.gguf", "800 of 800 bytes accounted for",
    ] {
      #expect(split.output.contains(text), "\(text) is not in \(split.output)")
    }
    let shards = try runner.run("inspect", fixtures, "--json")
    struct Report: Decodable {
      struct File: Decodable { let path: String }
      struct Tensor: Decodable { let file: Int? }
      let files: [File]
      let tensors: [Tensor]
    }
    let report = try JSONDecoder().decode(Report.self, from: Data(shards.output.utf8))
    #expect(report.files.last?.path.hasSuffix("/model-00003-of-00003.safetensors") == true)
    #expect(report.tensors.map(\.file) == [0, 0, 0, 1, 2])
  }

  @Test func inspectListsWhatAPickleImports() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let fixtures = CommandRunner.packageRoot.appending(path: "Tests/Fixtures/torch").path
    let script = try runner.run("inspect", fixtures + "/script.pt", "--hash", "--map", "--tensors")
    #expect(script.status == 0, "\(script.error)")
    for text in ["PyTorch TorchScript, ", "torch._utils._rebuild_tensor_v2", "first.weight", "F16"]
    {
      #expect(script.output.contains(text), "\(text) is not in \(script.output)")
    }
    // A pickle that would run a program: everything that it imports, then the error.
    let path = runner.home.appending(path: "evil.pt").path
    var legacy = try Data(contentsOf: URL(filePath: fixtures + "/legacy.pt"))
    let name = Data("collections\nOrderedDict".utf8)
    let place = try #require(legacy.range(of: name))
    legacy.replaceSubrange(place, with: Data("os\nsystem".utf8))
    try legacy.write(to: URL(filePath: path))
    let refused = try runner.run("inspect", path)
    #expect(refused.status == 65 && refused.output.contains("os.system"), "\(refused)")
    #expect(refused.output.contains("torch._utils._rebuild_tensor_v2"))
    let message = "imports 'os.system' at byte \(place.lowerBound - 1)"
    #expect(refused.error.contains(message), "\(refused.error)")
    let json = try runner.run("inspect", path, "--json")
    struct Report: Decodable {
      struct Import: Decodable { let name: String, isAllowed: Bool }
      let imports: [Import]
    }
    let report = try JSONDecoder().decode(Report.self, from: Data(json.output.utf8))
    #expect(
      json.status == 65 && report.imports.filter { !$0.isAllowed }.map(\.name) == ["os.system"])
  }

  @Test func inspectShowsTheTemplateWithoutObeyingIt() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    // A GGUF of two strings: the architecture, and a template that would recolour the terminal.
    var file = Data("GGUF".utf8)
    func append(_ value: UInt64, _ byteCount: Int) {
      file += (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }
    append(3, 4)
    append(0, 8)
    append(2, 8)
    for (key, text) in [
      ("general.architecture", "llama"),
      ("tokenizer.chat_template", "{{ '[INST] ' }}\u{1B}[31m\u{202E}\n{{ x }}"),
    ] {
      append(UInt64(key.utf8.count), 8)
      file += Data(key.utf8)
      append(8, 4)
      append(UInt64(text.utf8.count), 8)
      file += Data(text.utf8)
    }
    file += Data(count: (32 - file.count % 32) % 32)
    let path = runner.home.appending(path: "m.gguf")
    try file.write(to: path)
    let outcome = try runner.run("inspect", path.path(), "--template")
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.hasPrefix("mistral-v0.3: the file's template contains [INST]"))
    #expect(outcome.output.contains("\\u{1b}[31m\\u{202e}\n  {{ x }}\n"))
    #expect(!outcome.output.contains("\u{1B}") && !outcome.output.contains("\u{202E}"))

    let json = try runner.run("inspect", path.path(), "--template", "--json")
    struct Report: Decodable {
      let template, reason, fileTemplate: String
    }
    let report = try JSONDecoder().decode(Report.self, from: Data(json.output.utf8))
    #expect(report.template == "mistral-v0.3" && report.reason.contains("[INST]"))
    #expect(report.fileTemplate == "{{ '[INST] ' }}\u{1B}[31m\u{202E}\n{{ x }}")
  }
}
