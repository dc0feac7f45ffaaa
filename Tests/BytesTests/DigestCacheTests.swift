import Bytes
import Foundation
import Testing

@Suite struct DigestCacheTests {
  /// A temporary folder that goes away with the test.
  private final class Folder {
    let url = FileManager.default.temporaryDirectory.appending(path: "digests-\(UUID())")
    var cache: DigestCache { DigestCache(folder: url.appending(path: "a/cache").path()) }
    var file: String { url.appending(path: "file").path() }

    init() throws {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    /// The entries of the cache.
    func entries() throws -> [String] {
      let folder = url.appending(path: "a/cache")
      guard FileManager.default.fileExists(atPath: folder.path()) else { return [] }
      return try FileManager.default.contentsOfDirectory(atPath: folder.path())
        .map { folder.appending(path: $0).path() }
    }

    deinit { try? FileManager.default.removeItem(at: url) }
  }

  private static let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

  @Test func freshFilesAreNotKept() throws {
    let folder = try Folder()
    try Data("abc".utf8).write(to: URL(filePath: folder.file))
    #expect(try folder.cache.digest(ofFileAt: folder.file).hex == Self.abc)
    #expect(try folder.entries().isEmpty)
  }

  /// A settled file is hashed once: an entry with another digest is believed until the file
  /// changes.
  @Test func settledFilesAreReadOnce() throws {
    let folder = try Folder()
    try Data("abc".utf8).write(to: URL(filePath: folder.file))
    Thread.sleep(forTimeInterval: 2.1)
    #expect(try folder.cache.digest(ofFileAt: folder.file).hex == Self.abc)
    let entry = try #require(try folder.entries().first)
    let line = try String(contentsOfFile: entry, encoding: .utf8)
    #expect(line.hasSuffix(Self.abc + "\n"))
    let other = String(repeating: "07", count: 32)
    try line.replacing(Self.abc, with: other).write(
      toFile: entry, atomically: true, encoding: .utf8)
    #expect(try folder.cache.digest(ofFileAt: folder.file).hex == other)
    // Without a folder the file is always read.
    #expect(try DigestCache(folder: nil).digest(ofFileAt: folder.file).hex == Self.abc)

    // Another content of the same size, with the write time put back.
    let times = try FileManager.default.attributesOfItem(atPath: folder.file)
    let handle = try FileHandle(forWritingTo: URL(filePath: folder.file))
    try handle.write(contentsOf: Data("abd".utf8))
    try handle.close()
    try FileManager.default.setAttributes(
      [.modificationDate: try #require(times[.modificationDate])], ofItemAtPath: folder.file)
    let changed = try folder.cache.digest(ofFileAt: folder.file)
    #expect(try changed == SHA256Digest.of(Array("abd".utf8)))
  }

  @Test(arguments: ["", "1", "x", "2 3 4 5 6\n", String(repeating: "1 ", count: 400)])
  func damagedEntriesCostAHash(content: String) throws {
    let folder = try Folder()
    try Data("abc".utf8).write(to: URL(filePath: folder.file))
    let status = try FileManager.default.attributesOfItem(atPath: folder.file)
    let inode = try #require(status[.systemFileNumber] as? Int)
    let device = try #require(status[.systemNumber] as? Int)
    let cache = try #require(folder.cache.folder)
    try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
    try Data(content.utf8).write(to: URL(filePath: "\(cache)/\(device)-\(inode)"))
    #expect(try folder.cache.digest(ofFileAt: folder.file).hex == Self.abc)
  }

  @Test func missingFilesThrow() throws {
    let folder = try Folder()
    #expect(throws: BytesError.self) { try folder.cache.digest(ofFileAt: folder.file) }
  }

  @Test func hexadecimalDigits() {
    #expect(SHA256Digest(hex: Self.abc)?.hex == Self.abc)
    for text in ["", String(Self.abc.dropLast()), Self.abc + "0", Self.abc.uppercased()] {
      #expect(SHA256Digest(hex: text) == nil)
    }
  }
}
