import Bytes
import Foundation
import Testing

@Suite struct ZipTests {
  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/checkpoints")

  static func path(_ name: String) -> String { fixtures.appending(path: name).path }

  private let text = Array(
    String(repeating: "The quick brown fox jumps over the lazy dog. ", count: 20).utf8)

  @Test func whatPythonWrote() throws {
    let archive = try ZipArchive(path: ZipTests.path("plain.zip"))
    #expect(
      archive.names == ["word/", "word/document.xml", "stored.bin", "empty", "naïve 日本.txt"])
    #expect(archive.entries.map(\.isFolder) == [true, false, false, false, false])
    #expect(try archive.contents(named: "word/document.xml") == text)
    #expect(try archive.contents(named: "stored.bin") == Array(0...255))
    #expect(try archive.contents(named: "empty") == [])
    #expect(try archive.contents(named: "naïve 日本.txt") == Array("日本".utf8))
    #expect(throws: ZipError.missing(name: "none")) { try archive.contents(named: "none") }
  }

  @Test func streamedAndWideArchives() throws {
    let streamed = try ZipArchive(path: ZipTests.path("streamed.zip"))
    #expect(try streamed.contents(named: "a.txt") == text)
    #expect(try streamed.contents(named: "b.txt") == Array("stored".utf8))
    let wide = try ZipArchive(path: ZipTests.path("wide.zip"))
    #expect(try wide.contents(named: "a.txt") == text)
  }

  @Test func wideEndRecords() throws {
    var raw = RawZip(members: [RawZipMember("a")])
    raw.end64 = { offset, byteCount, count, here in
      RawZip.end64(
        offset: UInt64(offset), byteCount: UInt64(byteCount), count: UInt64(count), here: here)
    }
    for (count, size, offset): (UInt16?, UInt32?, UInt32?) in [
      (nil, nil, nil), (.max, .max, .max),
    ] {
      raw.entryCount = count
      raw.directoryByteCount = size
      raw.directoryOffset = offset
      let archive = try ZipArchive(file: MappedFile(bytes: raw.bytes, name: "wide"))
      #expect(try archive.contents(named: "a") == [1, 2, 3])
    }
  }

  @Test func anEmptyArchiveIsFine() throws {
    #expect(try ZipArchive(file: MappedFile(bytes: RawZip().bytes, name: "empty")).names == [])
  }

  @Test func bombs() throws {
    // 8 MiB of zeros are refused for their ratio when they are read; a member that is never read may
    // have any ratio. 1 MiB is too small to refuse.
    let bomb = try ZipArchive(path: ZipTests.path("bomb.zip"))
    let error = #expect(throws: ZipError.self) { try bomb.contents(named: "zeros") }
    #expect(error?.description.contains("100") == true)
    let dense = try ZipArchive(path: ZipTests.path("dense.zip"))
    #expect(try dense.contents(named: "zeros") == .init(repeating: 0, count: 1 << 20))
  }

  @Test(
    .enabled(if: Assets.has("formats/test.pt", "llm/llama2xs-ckpt.pt"), "needs PyTorch files"),
    arguments: ["formats/test.pt", "formats/test_with_key.pt", "llm/llama2xs-ckpt.pt"])
  func whatPyTorchWrote(_ name: String) throws {
    let archive = try ZipArchive(path: Assets.path(name))
    #expect(archive.names.contains { $0.hasSuffix("/data.pkl") })
    for entry in archive.entries {
      #expect(entry.method == .stored)
      #expect(try archive.contents(of: entry).count == entry.byteCount)
    }
  }
}

/// Real model files, which are not part of the repository.
enum Assets {
  static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["SWIFTRAG_ASSETS"] {
      return URL(filePath: path)
    }
    return URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/assets")
  }()

  static func path(_ name: String) -> String { folder.appending(path: name).path }

  static func has(_ names: String...) -> Bool {
    names.allSatisfy { FileManager.default.fileExists(atPath: path($0)) }
  }
}
