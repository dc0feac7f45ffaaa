/// One message of a conversation.
package struct ChatMessage: Sendable, Equatable {
  /// The author of a message.
  package enum Role: String, Sendable, CaseIterable {
    case system, user, assistant
  }

  package var role: Role
  /// Data: no spelling in it becomes a special token.
  package var text: String

  package init(role: Role, text: String) {
    self.role = role
    self.text = text
  }
}
