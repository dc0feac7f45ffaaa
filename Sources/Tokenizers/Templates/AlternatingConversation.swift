/// A conversation in the order that all templates except ChatML require: at most one system text,
/// then turns of user and assistant, the user first.
struct AlternatingConversation: Equatable {
  /// A question and its answer; the last question may be unanswered.
  struct Turn: Equatable {
    var user: String
    var assistant: String?
  }

  var system: String?
  var turns: [Turn] = []

  /// Brings messages into order.
  ///
  /// System messages become one text, and consecutive messages of one role become one message,
  /// separated by empty lines. The published templates raise an error instead.
  init(_ messages: [ChatMessage]) {
    for message in messages {
      switch message.role {
      case .system: system = Self.joined(system, message.text)
      case .user:
        if let last = turns.last, last.assistant == nil {
          turns[turns.count - 1].user = Self.joined(last.user, message.text)
        } else {
          turns.append(Turn(user: message.text))
        }
      case .assistant:
        if turns.isEmpty { turns.append(Turn(user: "")) }
        let last = turns[turns.count - 1].assistant
        turns[turns.count - 1].assistant = Self.joined(last, message.text)
      }
    }
    if turns.isEmpty, system != nil { turns.append(Turn(user: "")) }
  }

  /// For templates without a system role: the system text and an empty line precede the first
  /// question.
  var withSystemInFirstTurn: AlternatingConversation {
    guard let system, !turns.isEmpty else { return self }
    var merged = self
    merged.system = nil
    merged.turns[0].user = turns[0].user.isEmpty ? system : system + "\n\n" + turns[0].user
    return merged
  }

  private static func joined(_ first: String?, _ second: String) -> String {
    first.map { $0 + "\n\n" + second } ?? second
  }
}
