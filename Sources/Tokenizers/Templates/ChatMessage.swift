/// One message of a conversation.
package struct ChatMessage: Sendable, Equatable {
  /// Who speaks.
  package enum Role: String, Sendable, CaseIterable {
    case system, user, assistant
  }

  package var role: Role
  /// Data: no text in it becomes a special token.
  package var text: String

  package init(role: Role, text: String) {
    self.role = role
    self.text = text
  }
}

/// A conversation in the order that all templates but ChatML demand: at most one system text, then
/// user and assistant in turns, the user first.
struct AlternatingConversation: Equatable {
  struct Turn: Equatable {
    var user: String
    var assistant: String?
  }

  var system: String?
  var turns: [Turn] = []

  /// System messages become one text; messages of one role in a row become one message, with an
  /// empty line between them. (The published templates raise an error there instead.)
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

  private static func joined(_ first: String?, _ second: String) -> String {
    first.map { $0 + "\n\n" + second } ?? second
  }
}
