import Foundation
import Testing

@testable import Store

@Suite struct VerificationTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("index.db")
  }

  private func makeIndex(_ name: String = "index.db") throws -> IndexStore {
    try IndexStore.create(path: folder.file(name), identity: smallIdentity)
  }

  @Test func aWholeIndexHasNoProblems() throws {
    let index = try makeIndex()
    for number in 0..<20 { try store(["text \(number)", "more"], at: "/\(number)", in: index) }
    try index.removeDocuments(paths: ["/3", "/4"])
    let report = try index.verify()
    #expect(report.problems == [])
    #expect(report.notes == [])
    #expect(report.chunkCount == 36)
    try index.close()
    let reader = try IndexStore.open(path: path, mode: .readOnly)
    #expect(try reader.verify().isWhole)
    #expect(try reader.verify().notes.count == 1)
  }

  /// Each case damages one thing with plain SQL.
  @Test(arguments: [
    ("DELETE FROM vector WHERE chunkID = 2", "passages without a vector"),
    ("UPDATE vector SET elements = x'00' WHERE chunkID = 2", "wrong size"),
    (
      "UPDATE vector SET elements = (SELECT elements FROM vector WHERE chunkID = 1) "
        + "WHERE chunkID = 2", "scanned vectors are not those"
    ),
    ("UPDATE quantizedVectors SET codes = x'00'", "scanned vectors are not those"),
    ("DELETE FROM quantizedVectors", "contents without scanned vectors"),
    ("UPDATE chunk SET ordinal = 7 WHERE id = 2", "outside their content's range"),
    ("UPDATE content SET chunkCount = 1", "wrong number of passages"),
    ("UPDATE chunk SET text = 'swapped' WHERE id = 1", "text index does not match"),
    ("DELETE FROM document", "contents without a document"),
    ("PRAGMA foreign_keys = OFF; DELETE FROM chunk WHERE id = 2", "refers to nothing"),
    ("UPDATE chunk SET byteEnd = -1", "end before they start"),
    ("UPDATE chunk SET startMilliseconds = 2, endMilliseconds = 1", "end before they start"),
    ("UPDATE quantizedVectors SET firstChunkID = 2", "outside their content's passages"),
    ("UPDATE quantizedVectors SET scales = x''", "vectors that are not scanned"),
    (
      "INSERT INTO vectorSpace VALUES (2, 'picture', 'bb', 'clip', 8); "
        + "UPDATE vector SET spaceID = 2 WHERE chunkID = 2", "texts without a vector"
    ),
  ])
  func damageIsNamed(sql: String, problem: String) throws {
    let index = try makeIndex()
    try store(["one", "two"], at: "/d", in: index)
    try index.executeForTesting(sql)
    let report = try index.verify()
    #expect(report.problems.contains { $0.contains(problem) }, "\(report.problems)")
  }

  @Test func theContentHashForgetsOrderTimesAndDetours() throws {
    let straight = try makeIndex("a.db")
    for name in ["/a", "/b", "/c"] { try store([name, "x"], at: name, in: straight) }
    let crooked = try makeIndex("b.db")
    try store(["wrong"], at: "/b", in: crooked)
    for name in ["/c", "/gone", "/a", "/b"] { try store([name, "x"], at: name, in: crooked) }
    try crooked.removeDocuments(paths: ["/gone"])
    #expect(try straight.contentHash() == crooked.contentHash())
  }

  @Test(arguments: [
    "UPDATE chunk SET text = text || '.' WHERE id = 1",
    "UPDATE chunk SET heading = NULL WHERE id = 1",
    "UPDATE chunk SET page = NULL WHERE id = 1",
    "UPDATE chunk SET tokenCount = tokenCount + 1 WHERE id = 1",
    "UPDATE chunk SET modality = 'sound' WHERE id = 1",
    "UPDATE chunk SET startMilliseconds = 0, endMilliseconds = 9 WHERE id = 1",
    "INSERT INTO vectorSpace VALUES (2, 'picture', 'bb', 'clip', 8)",
    "UPDATE vector SET elements = zeroblob(32) WHERE chunkID = 1",
    "UPDATE document SET path = '/other'", "UPDATE document SET sha256 = 'other'",
    "UPDATE document SET type = 'html'", "UPDATE content SET title = 'a title'",
    "UPDATE vectorSpace SET modelHash = 'other'",
  ])
  func theContentHashSeesEveryChange(sql: String) throws {
    let index = try makeIndex()
    try store(["one", "two"], at: "/d", in: index)
    let before = try index.contentHash()
    try index.executeForTesting(sql)
    #expect(try index.contentHash() != before)
  }
}
