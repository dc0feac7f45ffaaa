internal import GRDB

/// The tables of an index.
///
/// `Store.md` in the documentation explains the layout, ADR 11 the choices of schema 2, ADR 14 those
/// of schema 3, and ADR 16 and 17 those of schema 4, which also has the places of documents without
/// lines. Schema 5 has the same tables, and hyphenated words in the text index.
enum Schema {
  /// `SRAG` in ASCII, in the header of the file: other SQLite files are refused.
  static let applicationID: Int32 = 0x5352_4147

  /// The schema's number, in `PRAGMA user_version`.
  ///
  /// A change of ``statements`` raises it and adds a step to ``SchemaMigration/all``.
  static let version = 5

  /// Five vectors of 384 Float32 and their cells fill 94 % of a page of 8 KiB, two fill 75 % of the
  /// default of 4 KiB.
  static let pageSize = 8_192

  /// Porter stems ("founding" finds "founded") over Unicode words without diacritics.
  ///
  /// On the English XQuAD paragraphs recall@1 is 0.941 with it and 0.923 without. ``SearchTokenizer`` treats
  /// other languages and scripts.
  static let tokenizer = SearchTokenizer.name

  /// The tables of a new file.
  ///
  /// The unique indexes of the vector tables start with the column that a deletion looks up.
  static let statements = """
    CREATE TABLE indexState(
      id INTEGER PRIMARY KEY CHECK (id = 1),
      chunker TEXT NOT NULL,
      generation INTEGER NOT NULL,
      removals INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE vectorSpace(
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      modelHash TEXT NOT NULL,
      modelName TEXT NOT NULL,
      dimension INTEGER NOT NULL CHECK (dimension BETWEEN 1 AND 65536)
    ) STRICT;

    CREATE TABLE content(
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      sha256 TEXT NOT NULL,
      type TEXT NOT NULL,
      title TEXT,
      firstChunkID INTEGER NOT NULL,
      chunkCount INTEGER NOT NULL CHECK (chunkCount >= 0),
      UNIQUE (sha256, type)
    ) STRICT;

    CREATE TABLE document(
      id INTEGER PRIMARY KEY,
      path TEXT NOT NULL UNIQUE,
      displayPath TEXT NOT NULL,
      contentID INTEGER REFERENCES content(id),
      type TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      byteCount INTEGER NOT NULL,
      modifiedNanoseconds INTEGER NOT NULL,
      indexedNanoseconds INTEGER NOT NULL,
      skipReason TEXT,
      CHECK ((contentID IS NULL) = (skipReason IS NOT NULL))
    ) STRICT;
    CREATE INDEX documentContent ON document(contentID);

    CREATE TABLE chunk(
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      contentID INTEGER NOT NULL REFERENCES content(id),
      ordinal INTEGER NOT NULL,
      text TEXT NOT NULL,
      heading TEXT,
      byteStart INTEGER NOT NULL,
      byteEnd INTEGER NOT NULL,
      sourceByteStart INTEGER,
      sourceByteEnd INTEGER,
      page INTEGER,
      firstLine INTEGER NOT NULL,
      lastLine INTEGER NOT NULL,
      tokenCount INTEGER NOT NULL,
      modality TEXT NOT NULL DEFAULT 'text' CHECK (modality IN ('text', 'picture', 'sound')),
      startMilliseconds INTEGER,
      endMilliseconds INTEGER,
      place TEXT
    ) STRICT;
    CREATE INDEX chunkContent ON chunk(contentID, ordinal);

    CREATE TABLE picture(
      chunkID INTEGER PRIMARY KEY REFERENCES chunk(id),
      origin TEXT NOT NULL,
      width INTEGER NOT NULL CHECK (width > 0),
      height INTEGER NOT NULL CHECK (height > 0),
      regionX INTEGER,
      regionY INTEGER,
      regionWidth INTEGER,
      regionHeight INTEGER,
      capturedAt TEXT,
      latitude REAL,
      longitude REAL,
      sha256 TEXT NOT NULL,
      wasRead INTEGER NOT NULL CHECK (wasRead IN (0, 1))
    ) STRICT;

    CREATE TABLE recording(
      contentID INTEGER PRIMARY KEY REFERENCES content(id),
      language TEXT NOT NULL,
      milliseconds INTEGER NOT NULL CHECK (milliseconds >= 0),
      model TEXT NOT NULL
    ) STRICT;

    CREATE TABLE transcript(
      sha256 TEXT PRIMARY KEY,
      model TEXT NOT NULL,
      path TEXT NOT NULL,
      language TEXT NOT NULL,
      milliseconds INTEGER NOT NULL,
      doneMilliseconds INTEGER NOT NULL,
      isComplete INTEGER NOT NULL CHECK (isComplete IN (0, 1)),
      parts TEXT NOT NULL,
      continuation TEXT
    ) STRICT;

    CREATE TABLE vector(
      spaceID INTEGER NOT NULL REFERENCES vectorSpace(id),
      chunkID INTEGER NOT NULL REFERENCES chunk(id),
      elements BLOB NOT NULL,
      UNIQUE (chunkID, spaceID)
    ) STRICT;

    CREATE TABLE quantizedVectors(
      spaceID INTEGER NOT NULL REFERENCES vectorSpace(id),
      contentID INTEGER NOT NULL REFERENCES content(id),
      firstChunkID INTEGER NOT NULL,
      codes BLOB NOT NULL,
      scales BLOB NOT NULL,
      residuals BLOB NOT NULL,
      UNIQUE (contentID, spaceID)
    ) STRICT;

    CREATE VIEW searchableChunk AS
      SELECT chunk.id AS id, content.title AS title, chunk.heading AS heading, chunk.text AS text
      FROM chunk JOIN content ON content.id = chunk.contentID;
    """

  /// The full-text index refers to the chunks instead of copying their text (external content).
  static let textIndexStatement = """
    CREATE VIRTUAL TABLE chunkText USING fts5(
      title, heading, text,
      content='searchableChunk', content_rowid='id',
      tokenize='\(tokenizer)'
    );
    """

  /// Creates the tables of a new file, inside the caller's transaction.
  static func create(_ database: Database, identity: IndexIdentity) throws {
    try database.execute(sql: statements)
    try database.execute(sql: textIndexStatement)
    try database.execute(
      sql: "INSERT INTO indexState(id, chunker, generation, removals) VALUES (1, ?, 1, 0)",
      arguments: [identity.chunker])
    try IndexState.put(database, spaces: identity.spaces)
    try database.execute(sql: "PRAGMA application_id = \(applicationID)")
    try database.execute(sql: "PRAGMA user_version = \(version)")
  }

  /// The schema's number in an open file.
  ///
  /// - Throws: ``StoreError/notAnIndex(path:detail:)`` for a foreign or empty database,
  ///   ``StoreError/newerSchema(path:version:supported:)`` for a later schema than ``version``.
  static func version(of database: Database, path: String) throws -> Int {
    let application = try Int32.fetchOne(database, sql: "PRAGMA application_id")
    guard application == applicationID else {
      throw StoreError.notAnIndex(path: path, detail: "another program made this database")
    }
    let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard found <= version else {
      throw StoreError.newerSchema(path: path, version: found, supported: version)
    }
    guard found >= 1 else {
      throw StoreError.notAnIndex(path: path, detail: "schema \(found) does not exist")
    }
    return found
  }
}
