internal import Bytes
internal import Foundation

/// The questions of earlier conversations, in a file that only their owner can read.
///
/// The file has one question a line, oldest first, each once. Questions that begin with a space are
/// not kept, as in bash with `HISTCONTROL=ignorespace`.
struct QuestionHistory {
  /// The most questions that are kept.
  static let limit = 1_000
  /// Longer questions are not kept: a pasted document must not be read again at every start.
  static let byteLimit = 4_096

  /// The file; nil keeps the questions of this conversation only.
  private let path: String?
  /// Oldest first, each once.
  private(set) var questions: [String] = []

  /// Reads the file, if there is one.
  init(path: String?) {
    self.path = path
    questions = Self.merged(read())
  }

  /// The file of this user, `$XDG_STATE_HOME/swiftrag/history`; nil without a home folder.
  static var defaultPath: String? { BaseFolder.state.path().map { $0 + "/history" } }

  /// Adds a question as the newest one, together with those that another conversation has added since.
  ///
  /// - Parameter question: as it was typed.
  /// - Throws: if the file cannot be written; the question is then remembered for this conversation.
  mutating func add(_ question: String) throws(BytesError) {
    let line = question.replacing("\n", with: " ")
    guard !line.hasPrefix(" "), !line.isEmpty, line.utf8.count <= Self.byteLimit else { return }
    questions = Self.merged(questions + read() + [line])
    guard let path else { return }
    Paths.makeFolders(Paths.folder(of: path))
    // A replaced file keeps its permissions, so the file must have them before it has content.
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    if descriptor >= 0 {
      fchmod(descriptor, 0o600)
      close(descriptor)
    }
    try AtomicFile.write(Array((questions.joined(separator: "\n") + "\n").utf8), to: path)
  }

  private func read() -> [String] {
    let limit = 2 * Self.limit * Self.byteLimit
    guard let path, let bytes = MappedFile.smallContents(path: path, below: limit) else {
      return []
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
      droppingControls($0)
    }
  }

  /// The newest questions, each at its last place.
  static func merged(_ questions: [String]) -> [String] {
    var seen: Set<String> = []
    let newest = questions.reversed().filter { !$0.isEmpty && seen.insert($0).inserted }
    return newest.prefix(limit).reversed()
  }
}
