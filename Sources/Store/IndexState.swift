internal import GRDB

/// The rows of the tables `indexState` and `vectorSpace`: identity and change counters.
struct IndexState: Equatable {
  var identity: IndexIdentity
  /// Raised by every transaction that changes what a search may find.
  var generation: Int64
  /// Raised by every transaction that removes content.
  var removals: Int64

  /// Reads the state.
  ///
  /// - Throws: ``StoreError/corrupt(path:detail:)`` if a row is missing or a dimension is outside
  ///   1...65,536: the CHECK constraints of the schema do not bind a damaged file.
  static func fetch(_ database: Database, path: String) throws -> IndexState {
    let state = try Row.fetchOne(
      database.cachedStatement(
        sql: "SELECT chunker, generation, removals FROM indexState WHERE id = 1"))
    let spaces = try fetchSpaces(database, path: path)
    guard let state, let text = spaces[.text] else {
      throw StoreError.corrupt(path: path, detail: "the index has no identity")
    }
    return IndexState(
      identity: IndexIdentity(
        text: text, picture: spaces[.picture], chunker: try state.decode(atIndex: 0)),
      generation: try state.decode(atIndex: 1), removals: try state.decode(atIndex: 2))
  }

  private static func fetchSpaces(
    _ database: Database, path: String
  ) throws -> [VectorSpace.Name: VectorSpace] {
    var spaces: [VectorSpace.Name: VectorSpace] = [:]
    let rows = try Row.fetchCursor(
      database.cachedStatement(
        sql: "SELECT id, modelHash, modelName, dimension FROM vectorSpace"))
    while let row = try rows.next() {
      let id: Int64 = try row.decode(atIndex: 0)
      guard let name = VectorSpace.Name.allCases.first(where: { $0.id == id }) else { continue }
      let space = VectorSpace(
        name: name, modelHash: try row.decode(atIndex: 1), modelName: try row.decode(atIndex: 2),
        dimension: try row.decode(atIndex: 3))
      guard (1...VectorSpace.maximumDimension).contains(space.dimension) else {
        throw StoreError.corrupt(path: path, detail: "dimension \(space.dimension)")
      }
      spaces[name] = space
    }
    return spaces
  }

  /// Writes the spaces of an identity; existing rows of the same name are replaced.
  static func put(_ database: Database, spaces: [VectorSpace]) throws {
    for space in spaces {
      try database.execute(
        sql: """
          INSERT OR REPLACE INTO vectorSpace(id, name, modelHash, modelName, dimension)
          VALUES (?, ?, ?, ?, ?)
          """,
        arguments: [
          space.name.id, space.name.rawValue, space.modelHash, space.modelName, space.dimension,
        ])
    }
  }

  /// Counts a change of what a search may find.
  static func raiseGeneration(_ database: Database) throws {
    try database.execute(sql: "UPDATE indexState SET generation = generation + 1")
  }
}
