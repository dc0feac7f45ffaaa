import Foundation
import Testing

/// `embed`, `similar`, `classify` and the conversion of CLIP, as a user runs them.
@Suite struct PictureModelTests {
  private static let tiny = CommandRunner.packageRoot
    .appending(path: "Tests/Fixtures/clip/tiny").path()
  private static let pictures = CommandRunner.packageRoot
    .appending(path: "Tests/Fixtures/pictures")

  private struct Report: Decodable {
    let model: String
    let dimension: Int
    let truncated: Int
    let vectors: [[Float]]
  }

  private struct Row: Decodable {
    struct Label: Decodable {
      let label: String
      let probability, cosine: Double
    }
    let picture: String
    let labels: [Label]
  }

  /// Two pictures of the fixtures that decode.
  private func pictures() throws -> [String] {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.pictures.path)
      .filter { $0.hasSuffix(".jpg") || $0.hasSuffix(".png") }.sorted()
    return names.prefix(2).map { Self.pictures.appending(path: $0).path() }
  }

  private func report(_ outcome: CommandRunner.Outcome) throws -> Report {
    #expect(outcome.status == 0, "\(outcome.error)")
    return try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
  }

  @Test func picturesAndTextsShareASpace() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let pictures = try pictures()
    let inputs = [pictures[0], "the cat", pictures[1]]
    let together = try report(
      runner.run(arguments: ["embed", "--model", Self.tiny, "--json"] + inputs))
    #expect(together.dimension == 24 && together.vectors.count == 3 && together.truncated == 0)
    for (index, input) in inputs.enumerated() {
      let alone = try report(
        runner.run("embed", "--model", Self.tiny, "--json", "-t", "1", input))
      #expect(alone.vectors == [together.vectors[index]])
    }
    #expect(together.vectors.allSatisfy { abs($0.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5 })
    let long = try report(
      runner.run("embed", "--model", Self.tiny, "--json", String(repeating: "cat ", count: 20)))
    #expect(long.truncated == 1)
  }

  @Test func similarComparesPicturesAndTexts() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let pictures = try pictures()
    let outcome = try runner.run("similar", "-m", Self.tiny, pictures[0], pictures[0], "the dog")
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.hasPrefix("1.0000  ") && outcome.output.contains("the dog"))
  }

  @Test func classifyGivesShares() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let pictures = try pictures()
    let outcome = try runner.run(
      arguments: ["classify", "-m", Self.tiny, "--labels", "cat, dog,,the red thing", "--json"]
        + pictures)
    #expect(outcome.status == 0, "\(outcome.error)")
    let rows = try JSONDecoder().decode([Row].self, from: Data(outcome.output.utf8))
    #expect(rows.map(\.picture) == pictures)
    for row in rows {
      #expect(Set(row.labels.map(\.label)) == ["cat", "dog", "the red thing"])
      #expect(abs(row.labels.reduce(0) { $0 + $1.probability } - 1) < 1e-9)
      #expect(row.labels.map(\.probability) == row.labels.map(\.probability).sorted(by: >))
    }
    let several = try runner.run(
      "classify", "-m", Self.tiny, pictures[0], "--labels", "cat,dog", "--template", "{}",
      "--template", "the {} in the {}", "-n", "1")
    #expect(several.status == 0 && several.output.split(separator: "\n").count == 1)
  }

  @Test func mistakesAreNamed() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let picture = try pictures()[0]
    let none = try runner.run("classify", picture, "--labels", "a,b")
    #expect(none.status == 69 && none.error.contains("models/clip"), "\(none.error)")
    let template = try runner.run(
      "classify", "-m", Self.tiny, picture, "--labels", "a", "--template", "a photo")
    #expect(template.status == 64 && template.error.contains("{}"))
    let damaged = runner.home.appending(path: "damaged.png")
    try Data("not a picture".utf8).write(to: damaged)
    let wrong = try runner.run("classify", "-m", Self.tiny, damaged.path(), "--labels", "a,b")
    #expect(wrong.status == 65 && wrong.error.contains("damaged.png"), "\(wrong.error)")
    let missing = try runner.run("classify", "-m", Self.tiny, "no.png", "--labels", "a,b")
    #expect(missing.status == 66 && missing.error.contains("no.png"))
  }

  /// A converted file is found by its name in `models/clip` and gives the same vectors.
  @Test func aConvertedModelIsFoundAndAgrees() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let folder = runner.home.appending(path: "models/clip")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let out = folder.appending(path: "tiny-f16.gguf").path()
    let converted = try runner.run(
      "models", "convert", Self.tiny, "--type", "f16", "--out", out, "--license", "mit")
    #expect(converted.status == 0, "\(converted.error)")
    let picture = try pictures()[0]
    let original = try report(
      runner.run("embed", "--model", Self.tiny, "--json", picture, "a red dog"))
    for name in ["clip", "tiny-f16", out] {
      let found = try report(runner.run("embed", "-m", name, "--json", picture, "a red dog"))
      #expect(found.vectors == original.vectors, "\(name)")
    }
    let list = try runner.run("models", "ls")
    #expect(list.output.contains("clip  tiny-f16.gguf"))
    let tokens = try runner.run("tokenize", "-m", out, "the cat")
    #expect(tokens.output.contains("cat</w>"))
    let spec = try runner.run("inspect", "--spec", out)
    #expect(spec.output.hasPrefix("architecture clip\n") && spec.output.contains("v.blk.N.attn_q"))
  }

  @Test func openAIsTokenizerIsBuiltIn() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let outcome = try runner.run("tokenize", "--clip", "openai", "a photo of a cat", "--json")
    #expect(outcome.output.contains("[49406,320,1125,539,320,2368,49407]"), "\(outcome.error)")
  }

  /// The child process that every picture above went through.
  ///
  /// It may not write files, and this runner's standard output is one, so it is not run here.
  @Test func theDecoderIsHidden() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    #expect(try runner.run("--help").output.contains("decode-picture") == false)
    #expect(try runner.run("help", "decode-picture").status == 0)
  }
}
