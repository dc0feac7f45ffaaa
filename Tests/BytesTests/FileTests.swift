import Bytes
import Foundation
import Testing

@Suite struct FileTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(
      path: "swiftrag-bytes-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func path(_ name: String) -> String { folder.appending(path: name).path }

  @Test(arguments: [MappedFile.Backing.mapped, .loaded])
  func aFileIsItsBytes(_ backing: MappedFile.Backing) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    try AtomicFile.write(content, to: path("a"))
    let file = try MappedFile(path: path("a"), backing: backing)
    #expect(file.byteCount == content.count)
    #expect(try file.copyBytes() == content)
    #expect(try file.copyBytes(5..<9) == Array(content[5..<9]))
    #expect(throws: BytesError.self) { try file.copyBytes(99_999..<100_001) }
    file.releasePages()
    #expect(try file.copyBytes() == content)
    try file.checkUnchanged()
  }

  @Test(arguments: [MappedFile.Backing.mapped, .loaded])
  func anEmptyFileIsFine(_ backing: MappedFile.Backing) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try AtomicFile.write([], to: path("empty"))
    let file = try MappedFile(path: path("empty"), backing: backing)
    #expect(file.byteCount == 0)
    #expect(try file.copyBytes() == [])
  }

  @Test func onlyRegularFilesOpen() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(throws: BytesError.notRegularFile(path: folder.path, kind: "a folder")) {
      try MappedFile(path: folder.path)
    }
    #expect(throws: BytesError.notRegularFile(path: "/dev/null", kind: "a device")) {
      try MappedFile(path: "/dev/null")
    }
    #expect(mkfifo(path("pipe"), 0o600) == 0)
    // Opening must not wait for a writer.
    #expect(throws: BytesError.notRegularFile(path: path("pipe"), kind: "a pipe")) {
      try MappedFile(path: path("pipe"))
    }
    #expect(throws: BytesError.system(operation: "open", path: path("none"), code: ENOENT)) {
      try MappedFile(path: path("none"))
    }
  }

  @Test func changesAreNoticed() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try AtomicFile.write([1, 2, 3], to: path("a"))
    let file = try MappedFile(path: path("a"), backing: .loaded)
    try AtomicFile.write([4, 5, 6], to: path("a"))
    #expect(throws: BytesError.self) { try file.checkUnchanged() }
    // The open file is still the old one.
    #expect(try file.copyBytes() == [1, 2, 3])
    let again = try MappedFile(path: path("a"), backing: .loaded)
    #expect(truncate(path("a"), 1) == 0)
    #expect(throws: BytesError.self) { try again.checkUnchanged() }
  }

  @Test func anUncommittedFileLeavesNothing() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try AtomicFile.write([1], to: path("a"))
    do {
      let writer = try AtomicFileWriter(path: path("a"))
      try writer.append([UInt8](repeating: 2, count: 3 << 20))
    }
    #expect(try MappedFile(path: path("a")).copyBytes() == [1])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a"])
  }

  @Test func smallAndLargeAppendsKeepTheirOrder() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let writer = try AtomicFileWriter(path: path("a"))
    var expected: [UInt8] = []
    for byteCount in [1, 0, 1 << 20, 3, (1 << 20) - 1, 2 << 20, 5] {
      let piece = [UInt8](repeating: UInt8(byteCount % 251), count: byteCount)
      expected += piece
      try writer.append(piece)
    }
    #expect(writer.byteCount == expected.count)
    try writer.commit()
    #expect(try MappedFile(path: path("a")).copyBytes() == expected)
  }

  @Test func linksAreFollowedAndPermissionsKept() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try AtomicFile.write([1], to: path("a"))
    #expect(chmod(path("a"), 0o640) == 0)
    #expect(symlink("a", path("link")) == 0)
    try AtomicFile.write([2], to: path("link"))
    #expect(try MappedFile(path: path("a")).copyBytes() == [2])
    var status = stat()
    #expect(lstat(path("link"), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(stat(path("a"), &status) == 0 && status.st_mode & 0o777 == 0o640)
    #expect(throws: BytesError.self) { try AtomicFile.write([1], to: path("missing/a")) }
  }

  @Test func sha256IsThatOfTheStandard() throws {
    // The examples of FIPS 180-4, as published by NIST.
    #expect(
      try sha256Hex(of: Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      try sha256Hex(of: [])
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      try sha256Hex(of: .init(repeating: UInt8(ascii: "a"), count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    let file = MappedFile(bytes: Array("xabcx".utf8), name: "x")
    #expect(try SHA256Digest.of(file, range: 1..<4) == SHA256Digest.of(Array("abc".utf8)))
  }
}
