/// Which searches contribute to the results.
public enum SearchMode: String, Sendable, CaseIterable, Codable {
  /// Vectors and words; the two lists are combined by `Fusion`.
  case hybrid
  /// Vectors only: passages that mean the same.
  case dense
  /// Words only: passages that say the same.
  case keyword
}

/// Restricts a search to some documents, before anything is ranked.
public struct SearchFilter: Sendable, Equatable {
  /// Folders, files or patterns such as `*.pdf`; a document passes if any of its paths matches any
  /// of them, and all documents pass if the list is empty.
  public var paths: [String]
  /// Canonical paths of folders and files, which are compared byte for byte: no character of them is
  /// a wildcard.
  ///
  /// A document passes if it matches one of these or of `paths`.
  public var places: [String]
  /// Document types that pass, such as `markdown` or `pdf`; all if the list is empty.
  ///
  /// `picture` lets pass pictures in documents of other types as well.
  public var types: [String]

  /// - Parameters:
  ///   - paths: folders, files or patterns.
  ///   - places: canonical paths of folders and files.
  ///   - types: document types.
  public init(paths: [String] = [], places: [String] = [], types: [String] = []) {
    self.paths = paths
    self.places = places
    self.types = types
  }

  package static let none = SearchFilter()
  var isEmpty: Bool { paths.isEmpty && places.isEmpty && types.isEmpty }

  /// Whether a path is one of the places, or below one.
  func hasPlace(of path: String) -> Bool {
    places.contains { place in
      let rest = path.utf8.dropFirst(place.utf8.count)
      return path.utf8.starts(with: place.utf8)
        && (rest.isEmpty || rest.first == UInt8(ascii: "/") || place.utf8.last == UInt8(ascii: "/"))
    }
  }
}

/// One search: the words, their vector, and how to rank and restrict.
package struct SearchQuery: Sendable {
  /// The user's words.
  ///
  /// Never query syntax: quotes, operators and wildcards are treated as words or ignored.
  package var text: String
  /// The embedding of the words, `[dimension]`, normalised to length 1; ignored in keyword mode.
  package var vector: [Float]
  /// The space that `vector` belongs to.
  package var space: VectorSpace.Name
  package var mode: SearchMode
  /// Maximum number of passages to return.
  package var limit: Int
  package var filter: SearchFilter
  package var fusion: Fusion

  package init(
    text: String, vector: [Float] = [], space: VectorSpace.Name = .text,
    mode: SearchMode = .hybrid, limit: Int = 10, filter: SearchFilter = .none,
    fusion: Fusion = .default
  ) {
    self.text = text
    self.vector = vector
    self.space = space
    self.mode = mode
    self.limit = limit
    self.filter = filter
    self.fusion = fusion
  }
}
