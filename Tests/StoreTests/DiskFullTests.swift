import Foundation
import Testing

@testable import Store

/// On a full disk, only the document that does not fit is lost.
@Suite struct DiskFullTests {
  @Test func whatDoesNotFitIsNotThere() throws {
    let folder = try TemporaryFolder()
    let index = try IndexStore.create(path: folder.file("index.db"), identity: smallIdentity)
    try store(["kept"], at: "/kept", in: index)
    let before = try index.contentHash()
    // SQLite does not let the file grow: SQLITE_FULL, as on a full disk.
    try index.executeForTesting("PRAGMA max_page_count = 1")
    let large = (0..<200).map { "passage \($0) " + String(repeating: "of many words ", count: 30) }
    #expect(throws: StoreError.diskFull(path: index.path)) {
      try store(large, at: "/large", in: index)
    }
    #expect(try index.contentHash() == before)
    #expect(try index.verify().problems == [])
    #expect(try index.search(SearchQuery(text: "kept", vector: vector(for: "kept"))).count == 1)
    try index.executeForTesting("PRAGMA max_page_count = 1000000")
    try store(large, at: "/large", in: index)
    #expect(try index.verify().problems == [])
  }
}
