import Bytes
import Foundation
import Testing

/// Paths, folders, locks, and values of `/proc`.
@Suite struct PlatformTests {
  @Test func partsOfPaths() {
    let cases: [(path: String, name: String, folder: String)] = [
      ("/models/a.gguf", "a.gguf", "/models"), ("a.gguf", "a.gguf", "."), ("/a", "a", "/"),
      ("x/y/", "y", "x/y"), ("/", "/", "/"), ("", "", "."), ("./a", "a", "."), ("..", "..", "."),
    ]
    for (path, name, folder) in cases {
      #expect(Paths.name(of: path) == name, "\(path)")
      #expect(Paths.folder(of: path) == folder, "\(path)")
    }
  }

  @Test func canonicalPathsFollowLinks() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "paths-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    Paths.makeFolders(folder + "/real/deep")
    #expect(Paths.isFolder(folder + "/real/deep"))
    try AtomicFile.write([1, 2, 3], to: folder + "/real/file")
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/link", withDestinationPath: folder + "/real")
    let real = try #require(Paths.canonical(folder)) + "/real"
    #expect(Paths.canonical(folder + "/link/../link/file") == real + "/file")
    #expect(Paths.canonical(folder + "/link/absent") == nil)
    #expect(Paths.canonicalOfNew(folder + "/link/absent") == real + "/absent")
    #expect(Paths.canonicalOfNew("/absent-\(folder.count)") == "/absent-\(folder.count)")
    #expect(Paths.canonicalOfNew("absent") == FileManager.default.currentDirectoryPath + "/absent")
    #expect(Paths.fileByteCount(folder + "/link/file") == 3)
    #expect(Paths.fileByteCount(folder) == nil && !Paths.isFolder(folder + "/real/file"))
    #expect(Paths.names(in: folder + "/real") == [".", "..", "deep", "file"])
    #expect(Paths.names(in: folder + "/absent").isEmpty)
  }

  @Test func baseFolders() {
    #expect(
      BaseFolder.configuration.path(environment: ["HOME": "/h", "XDG_CONFIG_HOME": "/c"])
        == "/c/swiftrag")
    #expect(
      BaseFolder.data.path(environment: ["HOME": "/h", "XDG_DATA_HOME": "relative"])
        == "/h/.local/share/swiftrag")
    #expect(BaseFolder.cache.path(environment: ["HOME": "/h"]) == "/h/.cache/swiftrag")
    #expect(BaseFolder.cache.path(environment: [:]) == nil)
  }

  @Test func aLockExcludesOthersUntilItIsReleased() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "lock-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(FileLock(path: path) == nil)
    try AtomicFile.write([], to: path)
    var first = FileLock(path: path)
    #expect(first != nil && FileLock(path: path) == nil)
    first = nil
    #expect(FileLock(path: path) != nil)
  }

  @Test func wordsOfAShellAreQuotedWhereTheyMustBe() {
    #expect(shellWord("/a/b-c_d.mp3") == "/a/b-c_d.mp3" && shellWord("Wörter,2") == "Wörter,2")
    #expect(shellWord("two words") == "'two words'" && shellWord("$HOME") == "'$HOME'")
    #expect(shellWord("it's") == "'it'\\''s'")
  }

  @Test func someValuesSwitchAVariableOn() {
    for (value, isOn) in [("1", true), ("ON", true), ("Yes", true), ("0", false), ("", false)] {
      #expect(isSwitchedOn("A", in: ["A": value]) == isOn, "\(value)")
    }
    #expect(!isSwitchedOn("A", in: [:]))
  }

  @Test func valuesOfTheKernel() throws {
    let text =
      "MemTotal: 9 kB\nMemAvailable:   12 kB\nVmHWM:\t   7 kB\nHuge: 3\nBad: x kB\nMega: 12 MB\n"
    #expect(ProcFile.byteCount("MemAvailable", in: text) == 12_288)
    #expect(ProcFile.byteCount("VmHWM", in: text) == 7_168)
    for key in ["Mem", "Huge", "Bad", "Mega", "Absent"] {
      #expect(ProcFile.byteCount(key, in: text) == nil, "\(key)")
    }
    #expect(ProcFile.byteCount("A", in: "A: 9223372036854775807 kB") == nil)
    #expect(ProcFile.byteCount("A", in: "A: -1 kB") == nil)
    #expect(try #require(ProcFile.availableMemoryByteCount) > 1 << 20)
    let peak = try #require(ProcFile.peakResidentByteCount)
    let anonymous = try #require(ProcFile.anonymousResidentByteCount)
    #expect(peak > 1 << 20 && anonymous <= peak)
    // The kernel gives the list in pieces; the first one does not reach the C library.
    let names = ProcFile.mappedPaths.map { Paths.name(of: $0) }
    for library in ["libcrypto", "libz", "libc", "ld-linux"] {
      #expect(names.contains { $0.hasPrefix(library) }, "\(library)")
    }
  }
}
