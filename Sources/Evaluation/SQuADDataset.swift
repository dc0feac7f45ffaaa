internal import RAG
internal import Foundation

/// Questions with the paragraphs that answer them, in the JSON layout of SQuAD 1.1.
///
/// - Source: Rajpurkar et al. 2016, arXiv:1606.05250. XQuAD uses the same layout.
package struct SQuADDataset: Sendable {
  /// A question and the index in ``paragraphs`` of the paragraph that answers it.
  package struct Question: Sendable {
    package let text: String
    package let paragraph: Int
    /// The first answer, as it occurs in the paragraph; nil if the file has none.
    package let answer: String?
  }

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
    }
    struct Answer: Decodable { let text: String }
    let data: [Article]
  }

  /// Reads a file.
  package init(path: String) throws(Failure) {
    let data: Data
    do { data = try Data(contentsOf: URL(filePath: path)) } catch {
      throw .unreadable(path: path, reason: (error as NSError).localizedDescription)
    }
    let file: File
    do { file = try JSONDecoder().decode(File.self, from: data) } catch {
      throw .malformed(path: path, reason: "\(error)")
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
          Question(text: $0.question, paragraph: index, answer: $0.answers?.first?.text)
        }
      }
    }
    (self.paragraphs, self.articles, self.questions) = (paragraphs, articles, questions)
  }
}
