internal import Tokenizers

/// The ways in which a language model is asked to answer from passages.
///
/// `swiftrag eval answers --prompt` compares the forms; the page on retrieval and answers has the first
/// figures.
package enum PromptForm: String, Sendable, CaseIterable, Codable {
  /// Instructions, passages and the question in one turn.
  case instructed
  /// The passages first, then the instructions, next to the question.
  case passagesFirst = "passages-first"
  /// The instructions as a system text; passages and question in the turn.
  case system
  /// As ``instructed``, after an answered example.
  case example
  /// The passage's own sentence is asked for, word for word.
  case quoteFirst = "quote-first"
  /// As ``system``, with the best passage next to the question: small models use best what they read
  /// last.
  case nearest
  /// As ``system``, with one short sentence of instructions; what the answer takes from a passage gets its
  /// mark afterwards.
  case brief

  /// The form in which a model is asked: ``brief`` below ``PromptPassages/smallModel`` weights, which
  /// seldom set marks and are led astray by instructions, and otherwise ``instructed``.
  ///
  /// - Parameter parameterCount: the number of the model's weights; nil if it is not known.
  /// - Returns: the form.
  package static func standard(parameterCount: Int?) -> PromptForm {
    PromptPassages.isSmall(parameterCount: parameterCount) ? .brief : .instructed
  }

  /// The messages before the conversation.
  var opening: [ChatMessage] {
    switch self {
    case .instructed, .passagesFirst, .quoteFirst: []
    case .system, .nearest: [ChatMessage(role: .system, text: Self.systemText)]
    case .brief: [ChatMessage(role: .system, text: Self.briefText)]
    case .example:
      [
        ChatMessage(
          role: .user, text: turn(question: "Who planted the orchard?", blocks: Self.exampleBlocks)),
        ChatMessage(role: .assistant, text: "The brothers Amberg planted the orchard in 1887 [2]."),
      ]
    }
  }

  /// The user turn with the question.
  ///
  /// - Parameters:
  ///   - question: as it was asked.
  ///   - blocks: the delimited passages, best first.
  /// - Returns: the text of the turn.
  func turn(question: String, blocks: [String]) -> String {
    let asked = "Question: " + question
    let parts: [String]
    switch self {
    case .instructed, .example: parts = [Self.instructions] + blocks + [asked]
    case .passagesFirst: parts = blocks + [Self.closingInstructions, asked]
    case .system, .brief: parts = blocks + [asked]
    case .quoteFirst: parts = [Self.quoteInstructions] + blocks + [asked]
    case .nearest: parts = blocks.reversed() + [asked]
    }
    return parts.joined(separator: "\n\n")
  }

  /// ``CitationCheck`` checks afterwards whether the answer follows them.
  private static let instructions =
    "Answer the question from the passages below and from nothing else. After each sentence give "
    + "the number of the passage that it comes from in square brackets, like [1]. If the passages "
    + "do not answer the question, say so."

  private static let systemText =
    "You answer questions from the passages that you are given and from nothing else. Cite the "
    + "number of the passage after each sentence, like [1]. If the passages do not answer the "
    + "question, say so."

  private static let briefText =
    "You answer questions in one sentence from the passages that you are given."

  private static let closingInstructions =
    "Answer the question in one or two sentences from the passages above and from nothing else. "
    + "After each sentence give the number of its passage, like [1]. If the passages do not answer "
    + "the question, say so."

  private static let quoteInstructions =
    "Answer the question from the passages below and from nothing else. Begin with the sentence of "
    + "a passage that answers it, copied word for word, and give the number of that passage in "
    + "square brackets, like [1]. If the passages do not answer the question, say so."

  /// Invented, and about nothing that documents often have, so that an answer taken from here is
  /// seen.
  private static let exampleBlocks = [
    """
    <passage 1: ferry.txt, lines 1-2>
    The night ferry leaves at 21:40. A bicycle costs 4 crowns.
    </passage 1>
    """,
    """
    <passage 2: orchard.txt, lines 5-6>
    The old orchard was planted in 1887 by the brothers Amberg. It has forty trees.
    </passage 2>
    """,
  ]
}
