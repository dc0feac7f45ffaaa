internal import GRDB

/// One step from a schema to the next.
struct SchemaMigration {
  /// The schema that the step produces from the one before it.
  let version: Int
  let statements: String

  /// Every step, in order; each produces the next schema.
  static let all = [
    SchemaMigration(version: 2, statements: schema2),
    SchemaMigration(version: 3, statements: schema3),
    SchemaMigration(version: 4, statements: schema4),
    SchemaMigration(version: 5, statements: schema5),
  ]

  /// Brings an older file to ``Schema/version``, in one transaction.
  ///
  /// A process that is killed, a full disk or damage that a statement runs into leaves the older
  /// file as it was. Of two processes that open the file at once, the second waits for the lock and
  /// then finds the work done.
  ///
  /// - Parameters:
  ///   - database: a connection outside a transaction.
  ///   - path: the file, for messages.
  ///   - beforeCommit: called after the last step; what it throws rolls everything back.
  /// - Throws: what ``Schema/version(of:path:)`` and `beforeCommit` throw, and errors of the database.
  /// - Complexity: from schema 1 the vectors are copied once, about 2 s and 200 MB of disk for 100,000
  ///   chunks; before schema 5 the text index is made anew, about 0.1 ms a chunk.
  static func run(
    _ database: Database, path: String, beforeCommit: () throws -> Void = {}
  ) throws {
    guard try Schema.version(of: database, path: path) < Schema.version else { return }
    try database.inTransaction(.immediate) {
      let found = try Schema.version(of: database, path: path)
      for step in all where step.version > found {
        try database.execute(sql: step.statements)
        try database.execute(sql: "PRAGMA user_version = \(step.version)")
      }
      try beforeCommit()
      return .commit
    }
  }

  /// Vectors by space, chunks with a modality and a time range.
  ///
  /// The one identity row becomes the row of the text space and the row of counters. The text index
  /// keeps its entries: the ids and texts of the chunks stay.
  private static let schema2 = """
    CREATE TABLE indexState(
      id INTEGER PRIMARY KEY CHECK (id = 1),
      chunker TEXT NOT NULL,
      generation INTEGER NOT NULL,
      removals INTEGER NOT NULL
    ) STRICT;
    INSERT INTO indexState SELECT id, chunker, generation, removals FROM identity;

    CREATE TABLE vectorSpace(
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      modelHash TEXT NOT NULL,
      modelName TEXT NOT NULL,
      dimension INTEGER NOT NULL CHECK (dimension BETWEEN 1 AND 65536)
    ) STRICT;
    INSERT INTO vectorSpace SELECT 1, 'text', modelHash, modelName, dimension FROM identity;
    DROP TABLE identity;

    ALTER TABLE chunk ADD COLUMN modality TEXT NOT NULL DEFAULT 'text'
      CHECK (modality IN ('text', 'picture', 'sound'));
    ALTER TABLE chunk ADD COLUMN startMilliseconds INTEGER;
    ALTER TABLE chunk ADD COLUMN endMilliseconds INTEGER;

    ALTER TABLE vector RENAME TO vector1;
    ALTER TABLE quantizedVectors RENAME TO quantizedVectors1;
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
    INSERT INTO vector SELECT 1, chunkID, elements FROM vector1 ORDER BY chunkID;
    INSERT INTO quantizedVectors
      SELECT 1, contentID, firstChunkID, codes, scales, residuals
      FROM quantizedVectors1 JOIN content ON content.id = contentID ORDER BY contentID;
    DROP TABLE vector1;
    DROP TABLE quantizedVectors1;
    """

  /// The pictures that chunks show or were read in.
  private static let schema3 = """
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
    """

  /// The recordings among the contents, the transcripts of recordings, the places of chunks, and the
  /// text index with ``SearchTokenizer``, which schema 5 makes from the chunks, whose text stays.
  private static let schema4 = """
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

    DROP TABLE chunkText;
    \(Schema.textIndexStatement)

    ALTER TABLE chunk ADD COLUMN place TEXT;
    """

  /// The text index made anew, since ``SearchTokenizer`` joins hyphenated words.
  private static let schema5 = """
    DROP TABLE chunkText;
    \(Schema.textIndexStatement)
    INSERT INTO chunkText(chunkText) VALUES ('rebuild');
    """
}
