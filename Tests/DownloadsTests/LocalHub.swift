import Bytes
@testable import Downloads
import Foundation
import Testing

/// `Tests/Fixtures/hub/server.py` as a child process, which ends with the object.
final class LocalHub: @unchecked Sendable {
  // `@unchecked`: nothing changes after init.
  let port: Int
  let cdnPort: Int
  private let process = Process()
  private let input = Pipe()

  init(root: String? = nil, environment: [String: String] = [:]) throws {
    let script = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fixtures/hub/server.py").path
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", script] + (root.map { [$0] } ?? [])
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    let ports = line.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    (port, cdnPort) = (try #require(ports.first), try #require(ports.last))
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// The bytes that the server makes of a size and a seed.
  static func content(size: Int, seed: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: $0 * (2 * seed + 1) + $0 / 251) }
  }

  func address(
    id: String, size: Int, seed: Int, faults: [String] = [], isPlain: Bool = false
  ) throws -> WebAddress {
    try WebAddress(
      "http://127.0.0.1:\(port)/file?id=\(id)&size=\(size)&seed=\(seed)"
        + "&faults=\(faults.joined(separator: ","))" + (isPlain ? "&plain=1" : ""),
      allowsQuery: true)
  }

  /// One request that the server received.
  struct Request: Decodable, Equatable {
    let server: String
    let range: String?
    let if_range: String?
    let token: Bool
  }

  func requests(id: String) throws -> [Request] {
    let result = try ChildProcess.run(
      .init(["/usr/bin/curl", "-s", "--noproxy", "*", "http://127.0.0.1:\(port)/log?id=\(id)"]))
    return try JSONDecoder().decode([Request].self, from: Data(result.output))
  }

  /// Options with short pauses.
  func options(token: String? = nil) throws -> TransferOptions {
    var options = TransferOptions(
      curlPath: try #require(ChildProcess.find("curl")),
      token: try token.map {
        try .init($0, for: WebAddress("http://127.0.0.1:\(port)"), variable: "HF_TOKEN")
      })
    options.firstPauseMilliseconds = 1
    options.stallSeconds = 1
    return options
  }
}

/// A folder that is removed with the object.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory.appending(path: "downloads-\(UUID().uuidString)")
      .path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}

extension SHA256Digest {
  static func of(content size: Int, seed: Int) throws -> SHA256Digest {
    try .of(LocalHub.content(size: size, seed: seed))
  }
}
