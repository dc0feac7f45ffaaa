internal import Bytes
internal import RAG
internal import Foundation

/// Questions with the paragraphs that answer them, in the JSON layout of SQuAD 1.1 and 2.0.
///
/// - Source: Rajpurkar et al. 2016, arXiv:1606.05250, and 2018, arXiv:1806.03822. XQuAD and MLQA use
///   the same layout.
package struct SQuADDataset: Sendable {
  /// A question and the index in ``paragraphs`` of the paragraph that answers it.
  package struct Question: Sendable {
    package let text: String
    package let paragraph: Int
    /// The answers, as they occur in the paragraph; empty if the file has none.
    package let answers: [String]
    /// Whether the file says that no paragraph answers the question.
    package let isImpossible: Bool
    /// The first answer; nil if the file has none.
    package var answer: String? { answers.first }
  }

  /// The language of the file, as its name tells (`xquad.de.json`); nil if it does not.
  package let language: String?
  /// The distinct paragraphs, in file order.
  package let paragraphs: [String]
  /// For each paragraph, the index of its article.
  package let articles: [Int]
  package let questions: [Question]

  package enum Failure: Error, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    case malformed(path: String, reason: String)

    package var description: String {
      switch self {
      case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
      case .malformed(let path, let reason): "\(path): unexpected structure: \(reason)"
      }
    }
  }

  private struct File: Decodable {
    struct Article: Decodable { let paragraphs: [Paragraph] }
    struct Paragraph: Decodable {
      let context: String
      let qas: [Item]
    }
    struct Item: Decodable {
      let question: String
      let answers: [Answer]?
      let isImpossible: Bool?

      private enum CodingKeys: String, CodingKey {
        case question, answers
        case isImpossible = "is_impossible"
      }
    }
    struct Answer: Decodable { let text: String }
    let data: [Article]
  }

  /// Reads a file.
  package init(path: String) throws(Failure) {
    let data: Data
    do { data = try Data(contentsOf: URL(filePath: path)) } catch {
      throw .unreadable(
        path: path,
        reason: BytesError.reason(whyUnreadable: path) ?? (error as NSError).localizedDescription)
    }
    let file: File
    do { file = try JSONDecoder().decode(File.self, from: data) } catch {
      throw .malformed(path: path, reason: Failure.reason(of: error))
    }
    var paragraphs: [String] = []
    var articles: [Int] = []
    var questions: [Question] = []
    var indexOfText: [Data: Int] = [:]
    for (article, content) in file.data.enumerated() {
      for paragraph in content.paragraphs {
        let key = Data(paragraph.context.utf8)
        let index = indexOfText[key] ?? paragraphs.count
        if index == paragraphs.count {
          indexOfText[key] = index
          paragraphs.append(paragraph.context)
          articles.append(article)
        }
        questions += paragraph.qas.map {
          Question(
            text: $0.question, paragraph: index, answers: $0.answers?.map(\.text) ?? [],
            isImpossible: $0.isImpossible ?? false)
        }
      }
    }
    (self.paragraphs, self.articles, self.questions) = (paragraphs, articles, questions)
    language = Self.language(ofFile: path)
  }

  /// `de` for `xquad.de.json`.
  private static func language(ofFile path: String) -> String? {
    let parts = Paths.name(of: path).split(separator: ".")
    guard parts.count > 2 else { return nil }
    let code = parts[parts.count - 2]
    return (2...3).contains(code.count) && code.allSatisfy { $0.isASCII && $0.isLowercase }
      ? String(code) : nil
  }
}
