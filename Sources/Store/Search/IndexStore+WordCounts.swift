internal import GRDB

extension IndexStore {
  /// The number of passages that contain each of some words.
  ///
  /// Words are compared as a keyword search compares them, in the text, its headings and the title.
  ///
  /// - Parameters:
  ///   - words: single words, as `SearchForms.words` gives them.
  ///   - text: the question that they come from, which tells their language.
  /// - Returns: the number of all passages, and for each word the number of those that contain it.
  /// - Throws: if the index cannot be read.
  /// - Complexity: one pass over the list of passages of each word, without scoring.
  package func passageCounts(
    of words: [String], in text: String
  ) throws(StoreError) -> (total: Int, counts: [Int]) {
    try read { database in
      let total = try Int.fetchOne(
        database.cachedStatement(sql: "SELECT count(*) FROM chunk"))
      let statement = try database.cachedStatement(
        sql: "SELECT count(*) FROM chunkText WHERE chunkText MATCH ?")
      let expressions = try KeywordQuery.expressions(forWords: words, of: text) {
        try indexLanguages(database)
      }
      let counts = try expressions.map { expression in
        expression.isEmpty
          ? 0 : try Int.fetchOne(statement, arguments: [expression]) ?? 0
      }
      return (total ?? 0, counts)
    }
  }
}
