import Documents
import Foundation
import Testing

@testable import Store

/// Keyword search on the English XQuAD questions reproduces the measured figures.
@Suite struct RetrievalQualityTests {
  /// Paragraphs, and questions with the index of the paragraph that answers them.
  struct Questions {
    var paragraphs: [String] = []
    var questions: [(text: String, paragraph: Int)] = []
  }

  static let assets: String = {
    if let folder = ProcessInfo.processInfo.environment["SWIFTRAG_ASSETS"] { return folder }
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return package.deletingLastPathComponent().appendingPathComponent("shared/assets").path
  }()

  static let file = assets + "/text/xquad.en.json"

  private struct File: Decodable {
    struct Article: Decodable { let paragraphs: [Paragraph] }
    struct Paragraph: Decodable {
      let context: String
      let qas: [Question]
    }
    struct Question: Decodable { let question: String }
    let data: [Article]
  }

  private func load() throws -> Questions {
    let data = try Data(contentsOf: URL(fileURLWithPath: Self.file))
    var result = Questions()
    for article in try JSONDecoder().decode(File.self, from: data).data {
      for paragraph in article.paragraphs {
        result.questions += paragraph.qas.map { ($0.question, result.paragraphs.count) }
        result.paragraphs.append(paragraph.context)
      }
    }
    return result
  }

  /// Exact counts, because the search is deterministic.
  ///
  /// `Store.md` has them as recall on 1,190 questions.
  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: RetrievalQualityTests.file),
      "needs text/xquad.en.json in SWIFTRAG_ASSETS"))
  func keywordSearchFindsTheAnsweringParagraph() throws {
    let folder = try TemporaryFolder()
    let index = try IndexStore.create(path: folder.file("index.db"), identity: smallIdentity)
    let xquad = try load()
    try index.replaceDocuments(
      xquad.paragraphs.enumerated().map { number, text in
        let chunk = Chunk(
          text: text, byteRange: 0..<text.utf8.count, lineRange: 1...1, tokenCount: 1)
        return EmbeddedDocument(
          record: makeRecord("/\(number)", content: text), chunks: [chunk],
          vectors: vector(for: text))
      })
    var first = 0
    var firstFive = 0
    for (question, paragraph) in xquad.questions {
      let hits = try index.search(SearchQuery(text: question, mode: .keyword, limit: 5))
      let place = hits.firstIndex { $0.citation.path == "/\(paragraph)" }
      if place == 0 { first += 1 }
      if place != nil { firstFive += 1 }
    }
    #expect(xquad.questions.count == 1_190)
    #expect(first == 1_120)
    #expect(firstFive == 1_178)
  }
}
