import Foundation
import Kernels
import Media
import RAG
import Testing

@testable import SwiftRAG

private let realWeights = ProcessInfo.processInfo.environment["SWIFTRAG_CLIP_PT"]

/// Published results of OpenAI's ViT-B/32, from `golden.json` of the shared assets.
///
/// `SWIFTRAG_CLIP_PT` names the weights: OpenAI's ViT-B-32.pt, or a folder or file of the same model.
@Suite(.enabled(if: realWeights != nil, "SWIFTRAG_CLIP_PT names the real weights"))
struct GoldenCLIPTests {
  private struct Golden: Decodable {
    struct Model: Decodable {
      let openai_readme: Readme
      let openai_notebook: Notebook
    }
    struct Readme: Decodable {
      let image: String
      let texts: [String]
      let probs: [Double]
    }
    struct Notebook: Decodable {
      let images: [String]
      let text_prefix: String
      let texts: [String]
      /// Rows are texts, columns pictures; read by eye from a figure of two decimals.
      let cosine: [[Double]]
    }
    let clip_vit_b32: Model
  }

  private let assets =
    ProcessInfo.processInfo.environment["SWIFTRAG_ASSETS"]
    ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "../shared/assets").standardized.path()

  private func golden() throws -> Golden.Model {
    let data = try Data(contentsOf: URL(filePath: assets + "/golden/golden.json"))
    return try JSONDecoder().decode(Golden.self, from: data).clip_vit_b32
  }

  private func embedder() throws -> CLIPEmbedder {
    try CLIPEmbedder(
      path: try #require(realWeights), mergesPath: Folders.clipMerges,
      compute: ComputeContext(path: .simd, threadCount: 2))
  }

  private func picture(_ path: String, _ embedder: CLIPEmbedder) throws -> PreparedPicture {
    embedder.prepare(try PictureDecoder.decode(path: "\(assets)/\(path)"))
  }

  /// OpenAI's README: in Float16 on a GPU, so the third decimal may differ.
  @Test func probabilitiesOfTheReadme() throws {
    let readme = try golden().openai_readme
    let embedder = try embedder()
    let classifier = try PictureClassifier(
      labels: readme.texts, templates: ["{}"], embedder: embedder)
    let scores = try classifier.scores(of: [picture(readme.image, embedder)])[0]
    for (score, expected) in zip(scores, readme.probs) {
      #expect(abs(score.probability - expected) < 2e-3, "\(score.label)")
    }
  }

  @Test func cosinesOfTheNotebook() throws {
    let notebook = try golden().openai_notebook
    let embedder = try embedder()
    let classifier = try PictureClassifier(
      labels: notebook.texts, templates: [notebook.text_prefix + "{}"], embedder: embedder)
    let pictures = try notebook.images.map { try picture("images/\($0)", embedder) }
    let scores = try classifier.scores(of: pictures)
    for (text, row) in notebook.cosine.enumerated() {
      for (image, expected) in row.enumerated() {
        #expect(abs(scores[image][text].cosine - expected) <= 0.02, "\(text), \(image)")
      }
    }
  }
}
