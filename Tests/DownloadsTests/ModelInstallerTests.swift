import Bytes
@testable import Downloads
import Foundation
import Testing

/// Installing whole models: all files or nothing.
@Suite(.serialized) struct ModelInstallerTests {
  /// A hub with one repository, `owner/encoder`, of a large and three small files.
  private struct World {
    let root: TemporaryFolder
    let models: TemporaryFolder
    let server: LocalHub
    let hub: Hub

    init(environment: [String: String] = [:]) throws {
      (root, models) = (try TemporaryFolder(), try TemporaryFolder())
      let folder = root.path + "/owner/encoder"
      try FileManager.default.createDirectory(
        atPath: folder + "/1_Pooling", withIntermediateDirectories: true)
      for (name, size) in [
        ("config.json", 500), ("vocab.txt", 2_000), ("1_Pooling/config.json", 90),
        ("model.safetensors", 90_000), ("README.md", 10), ("onnx.bin", 7_000),
      ] {
        try Data(LocalHub.content(size: size, seed: 1)).write(
          to: URL(filePath: "\(folder)/\(name)"))
      }
      server = try LocalHub(root: root.path, environment: environment)
      hub = try Hub(environment: [
        "HF_ENDPOINT": "http://127.0.0.1:\(server.port)", "HF_TOKEN": "hf_x",
      ])
    }

    func installer(_ identified: ModelRole? = .embeddings) throws -> ModelInstaller {
      var options = try server.options()
      options.token = hub.token
      return ModelInstaller(folder: models.path, options: options) {
        _ throws(ModelInstaller.NotAModel) in
        guard let identified else { throw .init(reason: "it contains a poem") }
        return identified
      }
    }

    func plan(_ text: String) throws -> InstallPlan {
      let request = try PullRequest(text, registry: ModelRegistry(), hub: hub)
      var options = try server.options()
      options.token = hub.token
      return try #require(
        try request.plans(hub: hub, options: options, role: nil, staging: models.path).first)
    }
  }

  @Test func aRepositoryBecomesAFolder() throws {
    let world = try World()
    let plan = try world.plan("owner/encoder")
    #expect(
      plan.files.map(\.path).sorted() == [
        "1_Pooling/config.json", "config.json", "model.safetensors", "vocab.txt",
      ])
    let installed = try world.installer().install(plan)
    #expect(installed.path == world.models.path + "/embeddings/encoder")
    #expect(
      try Data(contentsOf: URL(filePath: installed.path + "/model.safetensors"))
        == Data(LocalHub.content(size: 90_000, seed: 1)))
    #expect(world.models.names == ["embeddings"])
    let receipt = try #require(Receipt.read(ofModelAt: installed.path))
    #expect(receipt.files.count == 4)
    let weights = try #require(receipt.files.first { $0.path == "model.safetensors" })
    #expect(weights.check == .hub && weights.byteCount == 90_000)
    // The hub received the token, its CDN did not.
    let requests = try world.server.requests(id: "owner/encoder/model.safetensors")
    #expect(requests.map(\.token) == [true, false])
  }

  /// The registry knows neither size nor digest; the hub states both before it redirects.
  @Test func theHubsOwnDigestIsChecked() throws {
    let world = try World()
    let plan = try world.plan("hf:owner/encoder/model.safetensors")
    #expect(plan.files.map(\.sha256) == [nil])
    let installed = try world.installer(.clip).install(plan)
    #expect(installed.files.first?.check == .hub)
    #expect(installed.path.hasSuffix("/clip/model.safetensors"))
  }

  @Test func somethingElseIsNotInstalled() throws {
    let world = try World()
    let error = #expect(throws: DownloadError.self) {
      try world.installer(nil).install(world.plan("owner/encoder"))
    }
    #expect(try #require(error).description.contains("a poem"))
    #expect(world.models.names.isEmpty)
  }

  @Test func anUnknownRepositoryIsExplained() throws {
    let world = try World()
    let error = #expect(throws: DownloadError.self) { try world.plan("owner/nothing") }
    #expect(try #require(error).description.contains("owner/nothing"))
    #expect(world.models.names.isEmpty)
  }

  @Test func twoPullsAtOnceInstallOnce() throws {
    let world = try World(environment: ["HUB_RATE": "200000"])
    let plan = InstallPlan(
      name: "encoder", role: .embeddings, directory: "encoder",
      files: try world.plan("owner/encoder").files)
    let installers = [try world.installer(), try world.installer()]
    let results = Results()
    DispatchQueue.concurrentPerform(iterations: 2) { index in
      results.add(Result { try installers[index].install(plan) })
    }
    let installed = try results.all.map { try $0.get() }
    #expect(installed.map(\.path).allSatisfy { $0.hasSuffix("/embeddings/encoder") })
    #expect(installed.map(\.files.count).sorted() == [0, 4], "one downloads, one waits")
    #expect(try world.server.requests(id: "owner/encoder/model.safetensors").count == 2)
  }

  @Test func anUnfinishedPullGoesOn() throws {
    let world = try World()
    let plan = try world.plan("owner/encoder")
    let staging = plan.staging(in: world.models.path)
    try FileManager.default.createDirectory(atPath: staging, withIntermediateDirectories: true)
    let part = staging + "/model.safetensors.part"
    try Data(LocalHub.content(size: 40_000, seed: 1)).write(to: URL(filePath: part))
    #expect(plan.keptByteCount(in: world.models.path) == 40_000)
    _ = try world.installer().install(plan)
    let requests = try world.server.requests(id: "owner/encoder/model.safetensors")
    #expect(requests.map(\.range) == ["bytes=40000-", "bytes=40000-"])
  }

  @Test func aFullDiskIsToldBeforeAndDuring() throws {
    let error = #expect(throws: DownloadError.self) {
      try FreeSpace.check(Int.max, at: "/tmp/does/not/exist")
    }
    guard case .noSpace = try #require(error) else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try #require(FreeSpace.byteCount(at: "/tmp")) > 0)
  }

  final class Results: @unchecked Sendable {
    // `@unchecked`: the lock guards the list.
    private let lock = NSLock()
    private var list: [Result<ModelInstaller.Installed, any Error>] = []
    func add(_ result: Result<ModelInstaller.Installed, any Error>) {
      lock.withLock { list.append(result) }
    }
    var all: [Result<ModelInstaller.Installed, any Error>] { lock.withLock { list } }
  }
}
