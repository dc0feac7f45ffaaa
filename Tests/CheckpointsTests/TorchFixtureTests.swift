import Bytes
import Checkpoints
import Foundation
import Testing

/// Files of torch 2.13 (`Tests/Fixtures/torch/make_fixtures.py`): the same tensors in the same
/// order, with the numbers that torch reads.
@Suite struct TorchFixtureTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/torch")

  static func path(_ name: String) -> String { folder.appending(path: name).path }

  private struct Row: Decodable, Equatable {
    let name, type: String
    let shape: [Int]
    let sha256: String

    init(from decoder: any Decoder) throws {
      var row = try decoder.unkeyedContainer()
      name = try row.decode(String.self)
      type = try row.decode(String.self)
      shape = try row.decode([Int].self)
      sha256 = try row.decode(String.self)
    }

    init(_ tensor: TensorInfo, of checkpoint: Checkpoint) throws {
      name = tensor.name
      type = tensor.type.name
      shape = tensor.shape
      sha256 = try sha256Hex(of: Array(checkpoint.bytes(of: tensor)))
      #expect(checkpoint.bytes(of: tensor).count == tensor.byteCount)
    }
  }

  private static func expected() throws -> [String: [Row]] {
    struct Expected: Decodable { let files: [String: [Row]] }
    return try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: folder.appending(path: "expected.json"))
    ).files
  }

  private static let formats: [String: Checkpoint.Format] = [
    "legacy.pt": .torch(.legacy), "module-legacy.pt": .torch(.legacy),
    "views-legacy.pt": .torch(.legacy), "script.pt": .torch(.script),
  ]

  @Test func everyFileHasTheTensorsThatTorchReads() throws {
    let expected = try Self.expected()
    #expect(expected.count >= 12)
    for (name, rows) in expected {
      for backing in [MappedFile.Backing.mapped, .loaded] {
        let checkpoint = try Checkpoint.open(path: Self.path(name), backing: backing)
        #expect(checkpoint.format == Self.formats[name] ?? .torch(.zip), "\(name)")
        var found = try checkpoint.tensors.map { try Row($0, of: checkpoint) }
        var rows = rows
        if name == "script.pt" {  // torch lists buffers and parameters, the file attributes
          found.sort { $0.name < $1.name }
          rows.sort { $0.name < $1.name }
        }
        #expect(found == rows, "\(name)")
        try checkpoint.verifyChecksums()
        checkRegions(checkpoint, name)
      }
    }
  }

  /// The map covers each file once, and each tensor is in a region that has its name.
  private func checkRegions(_ checkpoint: Checkpoint, _ name: String) {
    for (index, file) in checkpoint.files.enumerated() {
      let map = checkpoint.byteMap(ofFile: index)
      var end = 0
      for region in map {
        #expect(region.byteRange.lowerBound == end, "\(name): \(region.label)")
        end = region.byteRange.upperBound
      }
      #expect(end == file.file.byteCount, "\(name)")
      for tensor in checkpoint.tensors[file.tensorIndices] where !tensor.byteRange.isEmpty {
        let home = map.first { $0.byteRange.contains(tensor.byteRange.lowerBound) }
        #expect(home?.kind == .tensor && home?.label.contains(tensor.name) == true, "\(name)")
        #expect((home?.byteRange.upperBound ?? 0) >= tensor.byteRange.upperBound, "\(name)")
      }
      #expect(!map.contains { $0.kind == .trailing }, "\(name)")
    }
  }

  @Test func sharedStoragesAreOneRange() throws {
    for name in ["views.pt", "views-legacy.pt"] {
      let checkpoint = try Checkpoint.open(path: Self.path(name))
      let base = try checkpoint.requiredTensor("base")
      #expect(try checkpoint.requiredTensor("same").byteRange == base.byteRange)
      let transposed = try checkpoint.requiredTensor("transposed")
      #expect(transposed.byteRange == base.byteRange && transposed.strides == [1, 6])
      #expect(transposed.byteCount == base.byteCount && base.strides == nil)
      let rows = try checkpoint.requiredTensor("rows")
      #expect(rows.strides == nil && rows.byteRange.lowerBound == base.byteRange.lowerBound + 24)
      #expect(try checkpoint.requiredTensor("expanded").strides == nil)
    }
    let module = try Checkpoint.open(path: Self.path("module.pt"))
    #expect(
      try module.requiredTensor("tied.weight").byteRange
        == module.requiredTensor("layers.0.weight").byteRange)
  }

  @Test func settingsBesideTheWeightsAreMetadata() throws {
    let whisper = try Checkpoint.open(path: Self.path("whisper.pt")).metadata
    #expect(try whisper.integer("dims.n_mels") == 80)
    #expect(try whisper.number("dims.scale") == 0.5 && whisper.bool("dims.is_tiny") == true)
    let lightning = try Checkpoint.open(path: Self.path("lightning.pt")).metadata
    #expect(
      lightning.entries.map(\.key) == ["epoch", "name", "betas", "sizes", "dtype", "shape"])
    #expect(lightning["betas"] == .array(.float64([0.9, 0.98])))
    #expect(try lightning.integers("sizes") == [1, 2, 3] && lightning.integers("shape") == [2, 3])
    #expect(lightning["dtype"] == .string("torch.float16"))
    let script = try Checkpoint.open(path: Self.path("script.pt")).metadata
    #expect(script.entries.isEmpty, "\(script.entries)")
  }

  /// A converter copies tensors that are not contiguous as if they were.
  @Test func writersTakeViewsInRowMajorOrder() throws {
    let checkpoint = try Checkpoint.open(path: Self.path("views.pt"))
    var writer = SafetensorsWriter()
    for tensor in checkpoint.tensors {
      try writer.addTensor(
        name: tensor.name, type: tensor.type, shape: tensor.shape,
        source: checkpoint.source(of: tensor))
    }
    let copy = try open(try writer.encoded())
    for tensor in checkpoint.tensors {
      let other = try copy.requiredTensor(tensor.name)
      #expect(
        checkpoint.bytes(of: tensor).elementsEqual(copy.bytes(of: other)), "\(tensor.name)")
    }
    let hashed = try Inspection(of: checkpoint, hashes: true)
    #expect(hashed.tensors.map(\.sha256) == (try Self.expected()["views.pt"])?.map(\.sha256))
  }

  @Test func importsAreListed() throws {
    func names(_ file: String) throws -> [String] {
      try #require(Inspection(of: Checkpoint.open(path: Self.path(file))).imports).map(\.name)
    }
    let usual = [
      "collections.OrderedDict", "torch._utils._rebuild_tensor_v2", "torch.FloatStorage",
      "torch.LongStorage",
    ]
    #expect(Set(try names("module.pt")) == Set(usual))
    #expect(Set(try names("module-legacy.pt")) == Set(usual))
    #expect(try names("script.pt").contains { $0.hasPrefix("__torch__.") })
    #expect(try names("protocol4.pt").contains("torch._utils._rebuild_tensor_v3"))
    #expect(
      try Inspection(of: Checkpoint.open(path: Fixtures.path("all-types.gguf"))).imports == nil)
  }

  /// Names are listed even where the file is refused, however they are put together.
  @Test func importsOfRefusedFilesAreListed() {
    typealias P = RawPickle
    func names(_ bytes: [UInt8]) -> [String] {
      TorchImport.all(of: MappedFile(bytes: bytes, name: "test")).filter { !$0.isAllowed }
        .map(\.name)
    }
    for (module, name) in HostileTorchTests.names {
      let call = P.global(module, name) + P.tuple(P.text("id")) + P.reduce
      for bytes in RawTorch.both(P.state(("a", call), ("b", P.tensor()))) {
        #expect(names(bytes) == ["\(module).\(name)"])
      }
    }
    let memo: [UInt8] = [0x71, 1], get: [UInt8] = [0x68, 1]
    let cases: [([UInt8], [String])] = [
      (
        P.text("system") + memo + P.text("os") + get + [0x93] + P.emptyTuple + P.reduce,
        ["os.system"]
      ),
      (P.mark + Array("ios\nsystem\n".utf8), ["os.system"]),
      (Array("S'os'\nS'system'\n".utf8) + [0x93], ["os.system"]),
      ([0x82, 7], ["copyreg.extension.7"]),
      (P.mark + P.global("os", "system") + P.text("id") + [0x6F], ["os.system"]),
      (
        P.global("os", "system") + P.emptyTuple + P.emptyDictionary + [0x92]
          + P.global("builtins", "exec"), ["os.system", "builtins.exec"]
      ),
      (Array("Pid\n".utf8) + P.global("os", "system"), ["os.system"]),
      // POP of a mark, and of what is below it.
      (P.none + P.mark + [0x30, 0x30, 0x31] + P.global("os", "system"), ["os.system"]),
      (P.none + P.mark + [0x30, 0x30] + P.global("os", "system"), ["os.system"]),
    ]
    for (value, expected) in cases {
      #expect(names(RawTorch.zip(P.state(("a", value)))) == expected)
    }
    #expect(names(RawTorch.zip(Array("cos\nsystem\n(S'id'\ntR.".utf8))) == ["os.system"])
  }

  /// Opening reads no storage; `inspect --hash` finds the changed byte.
  @Test func damagedStoragesAreFoundByTheirChecksum() throws {
    let pickle = RawPickle.state(("a", RawPickle.tensor()))
    let checkpoint = try open(RawTorch.zip(pickle) { $0.members[2].checksum = 1 })
    #expect(throws: CheckpointError.self) { try checkpoint.verifyChecksums() }
    let error = #expect(throws: CheckpointError.self) {
      try Inspection(of: checkpoint, hashes: true)
    }
    #expect(error?.description.contains("m/data/0") == true)
    #expect(try Inspection(of: checkpoint).tensors.count == 1)
  }

  @Test func anIndexListsShardsOfPyTorch() throws {
    let checkpoint = try Checkpoint.open(path: Self.path("sharded"))
    #expect(checkpoint.files.count == 2)
    #expect(checkpoint.tensors.map(\.fileIndex) == [0, 0, 1])
    let folder = try TemporaryFolder()
    let shard = try MappedFile(path: Self.path("zip.pt")).copyBytes()
    try folder.write(shard, "m-1.safetensors")
    try folder.write(index([("f32", "m-1.safetensors")]), "pytorch_model.bin.index.json")
    let error = #expect(throws: CheckpointError.self) { try Checkpoint.open(path: folder.path) }
    #expect(error.map(caseName) == "partMismatch")
  }

  /// The files of candle's tests.
  @Test(.enabled(if: Assets.has("formats/test.pt", "formats/fortran_tensor_3d.pth")))
  func filesOfOtherProjectsOpen() throws {
    for name in ["test.pt", "test_with_key.pt"] {
      let checkpoint = try Checkpoint.open(path: Assets.path("formats/\(name)"))
      let tensor = try checkpoint.requiredTensor("test")
      #expect(tensor.type == .i64, "\(name)")
    }
    let fortran = try Checkpoint.open(path: Assets.path("formats/fortran_tensor_3d.pth"))
    let tensor = try fortran.requiredTensor("tensor_fortran")
    #expect(tensor.shape == [2, 3, 4] && tensor.strides == [1, 2, 6])
    #expect(numbers(fortran, "tensor_fortran", Int64.self) == Array(1...24))
  }
}
