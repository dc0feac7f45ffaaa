internal import GRDB
internal import Synchronization

/// The languages in Latin letters of which a text index has stems, as of a number of chunks.
struct IndexLanguages: Sendable {
  /// The last id of a chunk when the index was asked.
  let lastChunkID: Int64
  let languages: [Language]
}

extension IndexStore {
  /// The languages of which the text index has stems, other than by script.
  ///
  /// Asked once for each state of the index: one look-up a language.
  func indexLanguages(_ database: Database) throws -> [Language] {
    let last =
      try Int64.fetchOne(
        database.cachedStatement(sql: "SELECT seq FROM sqlite_sequence WHERE name = 'chunk'")) ?? 0
    if let known = languages.withLock({ $0 }), known.lastChunkID == last { return known.languages }
    let found = try Language.latin.filter { language in
      try Int64.fetchOne(
        database.cachedStatement(
          sql: "SELECT rowid FROM chunkText WHERE chunkText MATCH ? LIMIT 1"),
        arguments: ["\"\(language.mark)\" *"]) != nil
    }
    languages.withLock { $0 = IndexLanguages(lastChunkID: last, languages: found) }
    return found
  }
}
