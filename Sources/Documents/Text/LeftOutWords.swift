/// Words of a document that are left out on purpose, counted by what they are.
package struct LeftOutWords: Sendable, Equatable {
  /// Why words are left out.
  package enum Reason: String, Sendable, CaseIterable {
    case struckOut = "struck text"
    case deleted = "text deleted by tracked changes"
    case hidden = "hidden text"
    case navigation = "navigation"
    case boilerplate = "blocks beside the main content"
    case headerOrFooter = "headers and footers"
    case comment = "comments"

    /// Whether a person should hear of it for each file; what every web page has is only counted.
    var isRemarkable: Bool {
      switch self {
      case .struckOut, .deleted, .hidden: true
      case .navigation, .boilerplate, .headerOrFooter, .comment: false
      }
    }
  }

  package private(set) var counts: [Reason: Int] = [:]

  package init() {}

  package var isEmpty: Bool { counts.isEmpty }

  /// Counts the words of a text.
  mutating func add(_ text: String, _ reason: Reason) {
    add(text.split(whereSeparator: \.isWhitespace).count, reason)
  }

  mutating func add(_ wordCount: Int, _ reason: Reason) {
    if wordCount > 0 { counts[reason, default: 0] += wordCount }
  }

  /// Adds the words of another document, or of another part of this one.
  package mutating func add(_ other: LeftOutWords) {
    for (reason, count) in other.counts { counts[reason, default: 0] += count }
  }

  /// The counts in words, as in `3 words of struck text, 12 words of hidden text`; nil if there are
  /// none.
  package var description: String? { description { _ in true } }

  /// The counts that are said for each file; nil if there are none.
  var warning: String? {
    description(where: \.isRemarkable).map { "left out: " + $0 }
  }

  private func description(where isWanted: (Reason) -> Bool) -> String? {
    let parts = Reason.allCases.filter(isWanted).compactMap { reason in
      counts[reason].map { "\($0) word\($0 == 1 ? "" : "s") of \(reason.rawValue)" }
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}
