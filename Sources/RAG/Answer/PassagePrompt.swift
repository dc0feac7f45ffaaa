internal import Bytes
internal import Foundation
package import Store
package import Tokenizers

/// The prompt for a language model to answer from numbered passages, within a token budget.
///
/// ``PromptForm`` says how instructions, passages and question follow each other. Each passage is
/// delimited and labelled. It cannot end its own delimiter: the bracket of "<passage" and "</passage"
/// inside it is replaced. Earlier turns consist of their question and answer alone.
package struct PassagePrompt: Sendable, Equatable {
  /// The conversation to continue.
  package let messages: [ChatMessage]
  /// The passages that fit, numbered from 1 in this order.
  package let passages: [Passage]

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
  ///   - form: how the model is asked.
  ///   - tokenLimit: the most tokens that the prompt may have.
  ///   - tokenCount: counts the tokens of messages.
  /// - Throws: ``DoesNotFit``, or the errors of `tokenCount`.
  package init(
    _ request: AnswerRequest, form: PromptForm = .instructed, tokenLimit: Int,
    tokenCount: ([ChatMessage]) throws -> Int
  ) throws {
    var turns = request.conversation.turns[...]
    var passages = request.passages
    while true {
      let messages = Self.messages(
        request.question, form, passages: passages, turns: turns)
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
    _ question: String, _ form: PromptForm, passages: [Passage],
    turns: ArraySlice<Conversation.Turn>
  ) -> [ChatMessage] {
    var messages = form.opening
    for turn in turns {
      messages.append(ChatMessage(role: .user, text: turn.question))
      messages.append(ChatMessage(role: .assistant, text: turn.answer))
    }
    let blocks = passages.enumerated().map { block($1, number: $0 + 1) }
    messages.append(
      ChatMessage(role: .user, text: form.turn(question: question, blocks: blocks)))
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
