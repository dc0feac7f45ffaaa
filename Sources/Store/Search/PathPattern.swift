/// A pattern for paths, as in `*.md` or `notes/2024`.
///
/// - A pattern without wildcards is a file or a folder: it matches that path and everything below
///   it; a relative one may start at any folder (`notes/2024` matches `/home/me/notes/2024/a.md`).
/// - A pattern without `/` is matched against the file's name: `*.md`.
/// - Any other pattern is matched against the whole path; a relative one may start at any folder.
/// - `?` matches one character and `*` any number of characters, both except `/`; `**` matches any
///   number of any characters.
struct PathPattern: Sendable, Equatable {
  private enum Element: Sendable, Equatable {
    case character(Character)
    case anyCharacter
    case anyName
    case anyPath
  }

  private let elements: [Element]
  private let isAbsolute: Bool
  private let isName: Bool
  private let isLiteral: Bool

  /// - Throws: ``StoreError/invalidQuery(_:)`` for an empty pattern.
  init(_ pattern: String) throws(StoreError) {
    var text = Substring(pattern)
    while text.hasPrefix("./") { text = text.dropFirst(2) }
    while text.count > 1, text.hasSuffix("/") { text = text.dropLast() }
    guard !text.isEmpty else { throw .invalidQuery("an empty path pattern") }
    elements = PathPattern.parse(text)
    isAbsolute = text.hasPrefix("/")
    isLiteral = elements.allSatisfy { if case .character = $0 { true } else { false } }
    isName = !isLiteral && !text.contains("/")
  }

  /// Whether an absolute path matches.
  func matches(_ path: String) -> Bool {
    let characters = Array(path)
    if isName {
      let start = characters.lastIndex(of: "/").map { $0 + 1 } ?? 0
      return matchesAll(characters[start...])
    }
    if isAbsolute { return matchesHere(characters[...]) }
    return matchesHere(characters[...])
      || characters.indices.contains {
        characters[$0] == "/" && matchesHere(characters[($0 + 1)...])
      }
  }

  /// A literal also matches a folder of the path.
  private func matchesHere(_ path: ArraySlice<Character>) -> Bool {
    guard isLiteral else { return matchesAll(path) }
    guard elements.count <= path.count else { return false }
    let isPrefix = zip(elements, path).allSatisfy { $0 == .character($1) }
    let next = path.startIndex + elements.count
    return isPrefix
      && (next == path.endIndex || path[next] == "/" || elements.last == .character("/"))
  }

  /// Matches the whole of `path` by simulating a nondeterministic automaton: the cost is the
  /// product of the lengths, where a backtracking matcher would be exponential.
  private func matchesAll(_ path: ArraySlice<Character>) -> Bool {
    var states = closure([0])
    for character in path {
      var next: Set<Int> = []
      for state in states where state < elements.count {
        switch elements[state] {
        case .character(let wanted): if wanted == character { next.insert(state + 1) }
        case .anyCharacter: if character != "/" { next.insert(state + 1) }
        case .anyName: if character != "/" { next.insert(state) }
        case .anyPath: next.insert(state)
        }
      }
      states = closure(next)
      if states.isEmpty { return false }
    }
    return states.contains(elements.count)
  }

  /// Adds the states that are reachable without a character: a wildcard may match nothing.
  private func closure(_ states: Set<Int>) -> Set<Int> {
    var result = states
    for state in states {
      var next = state
      while next < elements.count, elements[next] == .anyName || elements[next] == .anyPath {
        next += 1
        result.insert(next)
      }
    }
    return result
  }

  private static func parse(_ pattern: Substring) -> [Element] {
    var elements: [Element] = []
    for character in pattern {
      switch character {
      case "*" where elements.last == .anyName: elements[elements.count - 1] = .anyPath
      case "*" where elements.last == .anyPath: break
      case "*": elements.append(.anyName)
      case "?": elements.append(.anyCharacter)
      default: elements.append(.character(character))
      }
    }
    return elements
  }
}
