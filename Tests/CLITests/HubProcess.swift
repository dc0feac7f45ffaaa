import Foundation
import Testing

/// `Tests/Fixtures/hub/server.py` as a child process, which ends with the object.
final class HubProcess {
  let port: Int
  /// The repositories `OWNER/NAME` of the hub, as folders.
  let root: URL
  private let process = Process()
  private let input = Pipe()

  /// - Parameters:
  ///   - repositories: files by `OWNER/NAME/PATH`.
  ///   - rate: bytes per second of each connection; 0 for as many as possible.
  /// - Throws: the error of a process that does not start.
  init(repositories: [String: URL], rate: Int = 0) throws {
    root = FileManager.default.temporaryDirectory.appending(path: "hub-\(UUID().uuidString)")
    for (name, file) in repositories {
      let target = root.appending(path: name)
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(at: target, withDestinationURL: file)
    }
    let script = CommandRunner.packageRoot.appending(path: "Tests/Fixtures/hub/server.py")
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", script.path, root.path]
    process.environment = ProcessInfo.processInfo.environment.merging(["HUB_RATE": "\(rate)"]) {
      $1
    }
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    port = try #require(line.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) })
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: root)
  }

  /// The environment of a command that uses this hub.
  var environment: [String: String] {
    ["HF_ENDPOINT": "http://127.0.0.1:\(port)", "HF_TOKEN": "hf_secret"]
  }
}

extension CommandRunner {
  /// A file or folder of the fixtures.
  static func fixture(_ path: String) -> URL {
    packageRoot.appending(path: "Tests/Fixtures/\(path)")
  }

  /// The files below a folder of the home folder, hidden ones too, as paths below it.
  func files(below path: String) -> [String] {
    let folder = home.appending(path: path)
    let walker = FileManager.default.enumerator(atPath: folder.path)
    return (walker?.compactMap { $0 as? String } ?? []).filter { name in
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(
        atPath: folder.appending(path: name).path, isDirectory: &isFolder)
      return !isFolder.boolValue
    }.sorted()
  }
}
