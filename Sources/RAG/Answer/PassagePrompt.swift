internal import Bytes
internal import Foundation
package import Store
package import Tokenizers

/// The prompt for a language model to answer from numbered passages, within a token budget.
///
/// Instructions, passages and question share one user turn, because two of the four chat templates
/// have no system role. Each passage is delimited and labelled. It cannot end its own delimiter:
/// the bracket of "<passage" and "</passage" inside it is replaced. Earlier turns consist of their
/// question and answer alone.
package struct PassagePrompt: Sendable, Equatable {
  /// The conversation to continue.
  package let messages: [ChatMessage]
  /// The passages that fit, numbered from 1 in this order.
  package let passages: [Passage]

  /// The instructions; ``CitationCheck`` checks afterwards whether the answer follows them.
  static let instructions =
    "Answer the question from the passages below and from nothing else. After each sentence give "
    + "the number of the passage that it comes from in square brackets, like [1]. If the passages "
    + "do not answer the question, say so."

  /// The prompt does not fit even with one passage.
  package struct DoesNotFit: Error, CustomStringConvertible {
    let needed: Int
    let available: Int

    /// The message, with what to try.
    package var description: String {
      "the question with one passage takes \(needed) tokens, but the context leaves room for "
        + "\(available)\n  try: a larger context (-c), or fewer tokens for the answer (-n)"
    }
  }

  /// Builds the prompt.
  ///
  /// Until it fits, the oldest turns are dropped, then the last passages.
  ///
  /// - Parameters:
  ///   - request: the question, its passages (best first) and the conversation so far.
  ///   - tokenLimit: the most tokens that the prompt may have.
  ///   - tokenCount: counts the tokens of messages.
  /// - Throws: ``DoesNotFit``, or the errors of `tokenCount`.
  package init(
    _ request: AnswerRequest, tokenLimit: Int, tokenCount: ([ChatMessage]) throws -> Int
  ) throws {
    var turns = request.conversation.turns[...]
    var passages = request.passages
    while true {
      let messages = Self.messages(request.question, passages: passages, turns: turns)
      let count = try tokenCount(messages)
      if count <= tokenLimit {
        self.messages = messages
        self.passages = passages
        return
      }
      if !turns.isEmpty {
        turns.removeFirst()
      } else if passages.count > 1 {
        passages.removeLast()
      } else {
        throw DoesNotFit(needed: count, available: tokenLimit)
      }
    }
  }

  private static func messages(
    _ question: String, passages: [Passage], turns: ArraySlice<Conversation.Turn>
  ) -> [ChatMessage] {
    var messages: [ChatMessage] = []
    for turn in turns {
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
    // Names of files, sheets and messages are as foreign as the text.
    let label = safe("\(file), \(passage.citation.place)").replacing("\n", with: " ")
      .replacing(">", with: "›")
    let text = safe(passage.inWords).trimmingCharacters(in: .whitespacesAndNewlines)
    return """
      <passage \(number): \(label)>
      \(text)
      </passage \(number)>
      """
  }

  /// The text with every delimiter of a passage in it made harmless.
  private static func safe(_ text: String) -> String {
    text.replacingOccurrences(of: "<passage", with: "‹passage", options: .caseInsensitive)
      .replacingOccurrences(of: "</passage", with: "‹/passage", options: .caseInsensitive)
  }
}
