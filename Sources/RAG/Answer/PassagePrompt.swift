internal import Bytes
internal import Foundation
package import Store
package import Tokenizers

/// The prompt that asks a language model to answer from numbered passages, within a token budget.
///
/// Instructions, passages and question stand in one user turn, as two of the four templates know no
/// system role. A passage is delimited and labelled, and it cannot end its own delimiter: "<passage"
/// and "</passage" inside it lose their bracket. Earlier turns are the bare questions and answers.
package struct PassagePrompt: Sendable, Equatable {
  /// The conversation to continue.
  package let messages: [ChatMessage]
  /// The passages that found room, numbered from 1 in this order.
  package let passages: [Passage]

  /// What the model is told to do; each sentence of it is checked afterwards by ``CitationCheck``.
  static let instructions =
    "Answer the question from the passages below and from nothing else. After each sentence give "
    + "the number of the passage that it comes from in square brackets, like [1]. If the passages "
    + "do not answer the question, say so."

  /// The prompt does not fit even with one passage.
  package struct DoesNotFit: Error, CustomStringConvertible {
    let needed: Int
    let available: Int

    /// The numbers, and what to do.
    package var description: String {
      "the question with one passage takes \(needed) tokens, and the context has room for "
        + "\(available)\n  try: a larger context (-c), or fewer tokens for the answer (-n)"
    }
  }

  /// Builds the prompt, leaving out the oldest turns first and then the last passages, until it fits.
  ///
  /// - Parameters:
  ///   - request: question, passages (the best first) and history.
  ///   - tokenLimit: tokens that the prompt may have.
  ///   - tokenCount: how many tokens messages have.
  /// - Throws: ``DoesNotFit``, or what `tokenCount` throws.
  package init(
    _ request: AnswerRequest, tokenLimit: Int, tokenCount: ([ChatMessage]) throws -> Int
  ) throws {
    var history = request.history
    var passages = request.passages
    while true {
      let messages = Self.messages(request.question, passages: passages, history: history)
      let count = try tokenCount(messages)
      if count <= tokenLimit {
        self.messages = messages
        self.passages = passages
        return
      }
      if !history.isEmpty {
        history.removeFirst()
      } else if passages.count > 1 {
        passages.removeLast()
      } else {
        throw DoesNotFit(needed: count, available: tokenLimit)
      }
    }
  }

  private static func messages(
    _ question: String, passages: [Passage], history: [ConversationTurn]
  ) -> [ChatMessage] {
    var messages: [ChatMessage] = []
    for turn in history {
      messages.append(ChatMessage(role: .user, text: turn.question))
      messages.append(ChatMessage(role: .assistant, text: turn.answer))
    }
    let blocks = passages.enumerated().map { block($1, number: $0 + 1) }
    let text = ([instructions] + blocks + ["Question: " + question]).joined(separator: "\n\n")
    messages.append(ChatMessage(role: .user, text: text))
    return messages
  }

  private static func block(_ passage: Passage, number: Int) -> String {
    let file = Paths.name(of: passage.citation.path)
    let label = safe(file).replacing("\n", with: " ").replacing(">", with: "›")
    let text = safe(passage.text).trimmingCharacters(in: .whitespacesAndNewlines)
    return """
      <passage \(number): \(label), \(passage.citation.place)>
      \(text)
      </passage \(number)>
      """
  }

  /// A text that cannot begin or end a passage.
  private static func safe(_ text: String) -> String {
    text.replacingOccurrences(of: "<passage", with: "‹passage", options: .caseInsensitive)
      .replacingOccurrences(of: "</passage", with: "‹/passage", options: .caseInsensitive)
  }
}
