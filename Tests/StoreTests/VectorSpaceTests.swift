import Documents
import Foundation
import Testing

@testable import Store

/// Pictures and recordings beside text: several spaces of vectors, positions in time.
@Suite struct VectorSpaceTests {
  let folder: TemporaryFolder
  let path: String

  static let clip = VectorSpace(
    name: .picture, modelHash: "cc22", modelName: "clip", dimension: 4)
  static let both = IndexIdentity(text: smallIdentity.text, picture: clip, chunker: "test-1")

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("index.db")
  }

  private func picture(_ caption: String) -> Chunk {
    Chunk(
      modality: .picture, text: caption, byteRange: 0..<caption.utf8.count, lineRange: 1...1,
      tokenCount: caption.isEmpty ? 0 : 3)
  }

  private func pictureVector(_ name: String) -> [Float] { vector(for: name, dimension: 4) }

  /// A text, a picture with a caption, and a picture without one.
  private func makeAlbum(in index: IndexStore) throws {
    let chunks = makeChunks(["a long walk"]) + [picture("the summit"), picture("")]
    try index.replaceDocuments([
      EmbeddedDocument(
        record: makeRecord("/album", content: "album", type: "docx"), chunks: chunks,
        vectors: [
          SpaceVectors(
            space: .text, firstOrdinal: 0,
            elements: vector(for: "a long walk") + vector(for: "the summit")),
          SpaceVectors(
            space: .picture, firstOrdinal: 1,
            elements: pictureVector("summit.jpg") + pictureVector("valley.jpg")),
        ])
    ])
  }

  private func search(_ index: IndexStore, _ picture: String) throws -> [Passage] {
    try index.search(
      SearchQuery(text: "", vector: pictureVector(picture), space: .picture, mode: .dense))
  }

  @Test func picturesAreFoundInTheirOwnSpace() throws {
    let index = try IndexStore.create(path: path, identity: Self.both)
    try store(["a short walk"], at: "/d/text", in: index)
    try makeAlbum(in: index)
    let pictures = try search(index, "valley.jpg")
    #expect(pictures.map(\.text) == ["", "the summit"])
    #expect(abs(pictures[0].score - 1) < 1e-6)
    let texts = try index.search(
      SearchQuery(text: "", vector: vector(for: "the summit"), mode: .dense))
    #expect(texts.map(\.text).first == "the summit")
    #expect(Set(texts.map(\.text)) == ["a short walk", "a long walk", "the summit"])
    #expect(try index.search(SearchQuery(text: "summit", mode: .keyword)).count == 1)
    #expect(try index.verify().problems == [])
    #expect(index.loadedVectorByteCount > 0)
  }

  @Test func chunksKeepTheirModality() throws {
    let index = try IndexStore.create(path: path, identity: Self.both)
    try makeAlbum(in: index)
    let id = try #require(try index.document(path: "/album")?.id)
    #expect(try index.chunks(ofDocument: id).map(\.modality) == [.text, .picture, .picture])
  }

  @Test func removedPicturesAreNotFound() throws {
    let index = try IndexStore.create(path: path, identity: Self.both)
    try makeAlbum(in: index)
    #expect(try search(index, "valley.jpg").count == 2)
    try index.removeDocuments(paths: ["/album"])
    #expect(try search(index, "valley.jpg").isEmpty)
    #expect(try index.verify().problems == [])
  }

  @Test func aVectorOfTheWrongSizeForItsSpaceIsAnError() throws {
    let index = try IndexStore.create(path: path, identity: Self.both)
    try makeAlbum(in: index)
    #expect(throws: StoreError.self) {
      try index.search(
        SearchQuery(text: "", vector: vector(for: "x"), space: .picture, mode: .dense))
    }
  }

  @Test func aTextIndexGetsTheSpaceOfPicturesLater() throws {
    try store(
      ["alpha"], at: "/a", in: IndexStore.create(path: path, identity: smallIdentity))
    let reader = try IndexStore.open(path: path, mode: .readOnly, expecting: Self.both)
    #expect(try search(reader, "valley.jpg").isEmpty)
    let index = try IndexStore.open(path: path, mode: .readWrite, expecting: Self.both)
    #expect(try index.identity() == Self.both)
    try makeAlbum(in: index)
    #expect(try search(reader, "valley.jpg").count == 2)
    let textOnly = try IndexStore.open(path: path, mode: .readWrite, expecting: smallIdentity)
    #expect(try textOnly.identity() == Self.both)
    #expect(try textOnly.search(SearchQuery(text: "", vector: vector(for: "alpha"))).count == 3)
  }

  @Test func anotherPictureModelIsRefused() throws {
    _ = try IndexStore.create(path: path, identity: Self.both)
    let other = IndexIdentity(
      text: smallIdentity.text,
      picture: VectorSpace(name: .picture, modelHash: "dd", modelName: "other", dimension: 4),
      chunker: "test-1")
    let error = try #require(throws: StoreError.self) {
      try IndexStore.open(path: path, mode: .readWrite, expecting: other)
    }
    #expect(error.description.contains("picture embedding model"))
    let index = try IndexStore.open(path: path, mode: .readWrite)
    try index.rebuild(identity: other)
    #expect(try index.identity() == other)
    try index.rebuild(identity: smallIdentity)
    #expect(try index.identity() == smallIdentity)
  }

  @Test func vectorsThatMatchNoChunkOrSpaceAreRefused() throws {
    let index = try IndexStore.create(path: path, identity: Self.both)
    let text = vector(for: "alpha")
    let refused: [(String, [Chunk], [SpaceVectors])] = [
      ("no vector", makeChunks(["alpha"]), []),
      (
        "a text without a vector in the text space", makeChunks(["alpha"]),
        [SpaceVectors(space: .picture, firstOrdinal: 0, elements: pictureVector("x"))]
      ),
      (
        "two entries of a space", makeChunks(["alpha"]),
        [SpaceVectors](repeating: .init(space: .text, firstOrdinal: 0, elements: text), count: 2)
      ),
      (
        "past the end", [picture("")],
        [SpaceVectors(space: .picture, firstOrdinal: 1, elements: pictureVector("x"))]
      ),
      (
        "before the start", [picture("")],
        [SpaceVectors(space: .picture, firstOrdinal: -1, elements: pictureVector("x"))]
      ),
      (
        "too many", [picture("")],
        [
          SpaceVectors(
            space: .picture, firstOrdinal: 0, elements: pictureVector("x") + pictureVector("y"))
        ]
      ),
    ]
    for (name, chunks, vectors) in refused {
      #expect(throws: StoreError.self, "\(name)") {
        try index.replaceDocuments([
          EmbeddedDocument(
            record: makeRecord("/x", content: name), chunks: chunks, vectors: vectors)
        ])
      }
    }
    #expect(try index.statistics().chunkCount == 0)
    let plain = try IndexStore.create(path: folder.file("plain.db"), identity: smallIdentity)
    #expect(throws: StoreError.self) { try makeAlbum(in: plain) }
  }

  @Test func aRecordingIsCitedByItsTime() throws {
    let index = try IndexStore.create(path: path, identity: smallIdentity)
    let chunk = Chunk(
      modality: .sound, text: "welcome to the tour", byteRange: 10..<29, lineRange: 2...2,
      millisecondRange: 65_900..<92_000, tokenCount: 6)
    try index.replaceDocument(
      makeRecord("/tour.mp3", content: "tour", type: "mp3"), chunks: [chunk],
      vectors: vector(for: "welcome to the tour"))
    let found = try #require(
      try index.search(SearchQuery(text: "tour", mode: .keyword)).first)
    #expect(found.citation.startSeconds == 65.9)
    #expect(found.citation.endSeconds == 92)
    #expect(found.citation.place == "00:01:05-00:01:32")
    #expect(found.citation.isRecording)
    let document = try #require(try index.document(path: "/tour.mp3"))
    #expect(try index.chunks(ofDocument: document.id) == [chunk])
    let late = Citation(
      path: "", title: nil, type: "mp3", page: nil, lines: 1...1,
      milliseconds: 3_600_000..<3_725_001, heading: nil, textBytes: 0..<0, sourceBytes: nil,
      documentSHA256: "")
    #expect(late.place == "01:00:00-01:02:06")
  }

  /// The JSON of a text passage has the keys that it always had.
  @Test func aTextCitationHasNoTimes() throws {
    let index = try IndexStore.create(path: path, identity: smallIdentity)
    try store(["alpha"], at: "/a", in: index)
    let found = try index.search(SearchQuery(text: "alpha", mode: .keyword))
    let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(found[0].citation))
    let keys = try #require(json as? [String: Any]).keys
    #expect(!keys.contains("startSeconds") && !keys.contains("endSeconds"))
    #expect(keys.contains("firstLine"))
  }
}
