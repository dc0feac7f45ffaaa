import Foundation
import Testing

@testable import Documents

/// The bundled library can be read, and its questions have the answers that they claim.
struct SampleLibraryTests {
  struct Questions: Decodable {
    struct Answerable: Decodable {
      let question: String
      let document: String
      let passage: String
      let page: Int?
    }

    struct Unanswerable: Decodable {
      let question: String
      let kind: String
      let document: String?
    }

    let answerable: [Answerable]
    let unanswerable: [Unanswerable]
  }

  static let folder = DocumentFixture.packageRoot
    .appendingPathComponent("Sources/SwiftRAG/SampleLibrary").path

  static func collapsed(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// Approximates WordPiece: a token per six letters, and one per punctuation mark.
  static let measure: @Sendable (String) -> Int = { text in
    let words = text.split { !$0.isLetter && !$0.isNumber }
    let marks = text.count { $0.isPunctuation || $0.isSymbol }
    return 2 + marks + words.reduce(0) { $0 + ($1.count + 5) / 6 }
  }

  @Test(.enabled(if: PDFReaderTests.hasTool, "pdftotext (poppler-utils) is not installed"))
  func answersStandInOneChunkOfTheirDocument() throws {
    let url = DocumentFixture.packageRoot.appendingPathComponent(
      "Tests/Fixtures/sample-questions.json")
    let questions = try JSONDecoder().decode(Questions.self, from: Data(contentsOf: url))
    #expect(questions.answerable.count >= 40 && questions.unanswerable.count >= 30)
    let found = DocumentFinder().find([Self.folder])
    #expect(found.problems.isEmpty && (14...17).contains(found.files.count))
    let recordings = try found.files.filter { try DocumentReader().isRecording(path: $0) }
    #expect(recordings.count == 2)
    let chunker = Chunker(maximumTokenCount: 256, measure: Self.measure)
    var chunks: [String: [Chunk]] = [:]
    var types: Set<DocumentType> = []
    for path in found.files where !recordings.contains(path) {
      let document = try DocumentReader().read(path: path)
      #expect(document.warnings.isEmpty && document.removedControlCount == 0)
      types.insert(document.type)
      let name = (path as NSString).lastPathComponent
      chunks[name] = chunker.chunks(of: document)
      let wordCount = document.text.split(whereSeparator: \.isWhitespace).count
      #expect((250...1_050).contains(wordCount), "\(name) has \(wordCount) words")
    }
    #expect(types == [.text, .markdown, .html, .docx, .pdf])
    for question in questions.answerable {
      let answering = try #require(chunks[question.document]).filter {
        Self.collapsed($0.text).contains(question.passage)
      }
      #expect(answering.count == 1, "\(question.question)")
      #expect(answering.first?.page == question.page)
    }
    for question in questions.unanswerable {
      #expect(question.kind == "far" || chunks[question.document ?? ""] != nil)
    }
  }
}
