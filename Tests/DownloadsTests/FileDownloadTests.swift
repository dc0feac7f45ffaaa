import Bytes
@testable import Downloads
import Foundation
import Testing

/// One fault at a time: what is asked of the server, and what a person reads.
@Suite(.serialized) struct FileDownloadTests {
  private static let size = 60_000
  private static let hub = Result { try LocalHub() }

  private func file(
    _ id: String, _ faults: [String], knowsDigest: Bool = true, isPlain: Bool = false
  ) throws -> RemoteFile {
    RemoteFile(
      path: "model.gguf",
      address: try Self.hub.get().address(
        id: id, size: Self.size, seed: 3, faults: faults, isPlain: isPlain),
      byteCount: knowsDigest ? Self.size : nil,
      sha256: knowsDigest ? try SHA256Digest.of(content: Self.size, seed: 3) : nil)
  }

  private func download(
    _ file: RemoteFile, in folder: TemporaryFolder, token: String? = nil
  ) throws -> DownloadedFile {
    try FileDownload(file, options: Self.hub.get().options(token: token))
      .run(to: folder.path + "/model.gguf")
  }

  @Test func aDroppedConnectionIsContinued() throws {
    let folder = try TemporaryFolder()
    let result = try download(file("drop", ["drop", "drop"]), in: folder)
    #expect(result.byteCount == Self.size && result.check == .registry)
    let requests = try Self.hub.get().requests(id: "drop")
    #expect(requests.map(\.range) == [nil, "bytes=20000-", "bytes=33333-"])
    #expect(requests[1].if_range?.hasPrefix("\"") == true)
    #expect(folder.names == ["model.gguf"])
  }

  /// Without an entity tag and a known digest nothing would show that the file is another one.
  @Test func withoutAnyProofItStartsAgain() throws {
    let folder = try TemporaryFolder()
    let result = try download(
      file("plain", ["drop"], knowsDigest: false, isPlain: true), in: folder)
    #expect(result.check == .recorded)
    #expect(try Self.hub.get().requests(id: "plain").map(\.range) == [nil, nil])
    let known = try TemporaryFolder()
    _ = try download(file("plain-known", ["drop"], isPlain: true), in: known)
    #expect(try Self.hub.get().requests(id: "plain-known").map(\.range) == [nil, "bytes=20000-"])
  }

  /// The second version replaces all bytes of the first, whether the server honours If-Range or not.
  @Test(arguments: ["etag", "etag-ignored"])
  func aChangedFileIsFetchedAnew(fault: String) throws {
    let folder = try TemporaryFolder()
    let result = try download(file(fault, ["drop", fault], knowsDigest: false), in: folder)
    #expect(result.sha256 == (try SHA256Digest.of(content: Self.size, seed: 4)))
  }

  @Test func theTokenStaysWithTheHub() throws {
    let folder = try TemporaryFolder()
    _ = try download(file("token", ["redirect"]), in: folder, token: "hf_secret")
    let requests = try Self.hub.get().requests(id: "token")
    #expect(requests.map(\.server) == ["hub", "cdn"])
    #expect(requests.map(\.token) == [true, false])
  }

  /// `127.0.0.1.example` is another host, and so is another port.
  @Test func aTokenBelongsToOneServer() throws {
    let token = try TransferOptions.Token(
      "t", for: WebAddress("https://hub.example"), variable: "HF_TOKEN")
    #expect(token.belongs(to: try WebAddress("https://hub.example:443/a")))
    for url in [
      "https://hub.example.evil/a", "http://hub.example/a", "https://hub.example:8443/",
      "https://cdn.hub.example/",
    ] {
      #expect(try !token.belongs(to: WebAddress(url)))
    }
    let plain = try TransferOptions.Token(
      "t", for: WebAddress("http://mirror.example"), variable: "HF_TOKEN")
    #expect(try !plain.belongs(to: WebAddress("http://mirror.example/a")), "not encrypted")
    #expect(throws: DownloadError.invalidToken(variable: "HF_TOKEN")) {
      try TransferOptions.Token(
        "t\nurl = x", for: WebAddress("https://hub.example"), variable: "HF_TOKEN")
    }
  }

  @Test func spoiledBytesOfAnEarlierRunAreFetchedAgain() throws {
    let folder = try TemporaryFolder()
    try Data(repeating: 9, count: 5_000).write(
      to: URL(filePath: folder.path + "/model.gguf.part"))
    let result = try download(file("spoiled", []), in: folder)
    #expect(result.sha256 == (try SHA256Digest.of(content: Self.size, seed: 3)))
    #expect(try Self.hub.get().requests(id: "spoiled").map(\.range) == ["bytes=5000-", nil])
  }

  @Test(arguments: [
    ("hash", "SHA-256"), ("short", "has 59993 bytes, not 60000"), ("404", "does not exist"),
    ("403", "licence"), ("busy", "86400 s"), ("loop", "redirects more than"),
    ("nowhere", "redirects to an address"),
  ])
  func aFatalFaultIsExplained(fault: String, message: String) throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: DownloadError.self) {
      try download(file("fatal-" + fault, [fault]), in: folder)
    }
    let text = try #require(error).description
    #expect(text.contains(message) && text.contains("\n  try: "), "\(text)")
    #expect(!folder.names.contains("model.gguf"))
    if fault == "hash" { #expect(folder.names.isEmpty, "wrong bytes are not kept") }
  }

  @Test func afterFiveFruitlessAttemptsItGivesUpAndKeepsThePart() throws {
    let folder = try TemporaryFolder()
    let faults = ["drop"] + Array(repeating: "500", count: 5)
    let error = #expect(throws: DownloadError.self) {
      try download(file("enough", faults), in: folder)
    }
    #expect(try #require(error).description.contains("20000 bytes are kept"))
    #expect(folder.names == ["model.gguf.part", "model.gguf.part.json"])
    _ = try download(file("enough", []), in: folder)
    #expect(try Self.hub.get().requests(id: "enough").last?.range == "bytes=20000-")
  }

  /// The bytes that have arrived are kept for the next run.
  @Test func cancellingKeepsThePart() throws {
    let folder = try TemporaryFolder()
    var options = try Self.hub.get().options()
    options.isCancelled = {
      FileManager.default.fileExists(atPath: folder.path + "/model.gguf.part.json")
    }
    options.stallSeconds = 30
    let error = #expect(throws: DownloadError.self) {
      try FileDownload(file("cancel", ["stall"]), options: options)
        .run(to: folder.path + "/model.gguf")
    }
    guard case .cancelled = try #require(error) else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(folder.names.contains("model.gguf.part"))
  }
}
