import Foundation
import Testing

/// `swiftrag inspect --spec`; Tests/ModelsTests/ModelSpecificationTests.swift compares its text with
/// the documentation.
@Suite struct InspectSpecTests {
  private func file(_ path: String) -> String {
    CommandRunner.packageRoot.appending(path: path).path()
  }

  /// The bundled encoder is the model that MiniLM.md describes.
  @Test func bundledEncoderIsTheDocumentedOne() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let outcome = try runner.run(
      "inspect", "--spec",
      file("models/embeddings/all-MiniLM-L6-v2/all-MiniLM-L6-v2-Q8_0.gguf"))
    #expect(outcome.status == 0, "\(outcome.error)")
    let page = try String(
      contentsOfFile: file("Sources/SwiftRAG/SwiftRAG.docc/MiniLM.md"), encoding: .utf8)
    #expect(page.contains("```\n\(outcome.output)```"))
  }

  @Test func languageModelsAndOthers() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let llama = try runner.run("inspect", "--spec", file("Tests/Fixtures/llama/phi3.gguf"))
    #expect(llama.status == 0 && llama.output.hasPrefix("architecture phi3\n"))
    #expect(llama.output.contains("blk.N.attn_qkv.weight"))
    let other = try runner.run(
      "inspect", "--spec", file("Tests/Fixtures/bert/tiny/model.safetensors"))
    #expect(other.status == 65 && other.error.contains("general.architecture is absent"))
  }

  /// The folder of an encoder, with its config.json beside the weights.
  @Test func foldersOfEncoders() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let folder = try runner.run("inspect", "--spec", file("Tests/Fixtures/bert/tiny"))
    #expect(folder.status == 0 && folder.output.hasPrefix("architecture bert\n"))
    #expect(folder.output.contains("encoder.layer.N.attention.self.query.weight"))
    let other = try runner.run("inspect", "--spec", file("Tests/Fixtures/llama"))
    #expect(other.status == 65 && other.error.contains("config.json"))
  }
}
