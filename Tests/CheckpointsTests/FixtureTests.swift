import Bytes
import Checkpoints
import Foundation
import Testing

/// Files of the reference writers: gguf 0.19.0 and safetensors 0.8.0 for Python.
@Suite struct FixtureTests {
  @Test func everyFixtureIsTheOneInTheManifest() throws {
    let files = try Fixtures.manifest().files
    let present = try FileManager.default.contentsOfDirectory(atPath: Fixtures.folder.path)
    #expect(
      Set(present) == Set(files.keys).union(["MANIFEST.json", "make_fixtures.py"]),
      "a file without an entry, or an entry without a file")
    for (name, file) in files {
      #expect(try sha256Hex(ofFile: Fixtures.path(name)) == file.sha256)
      if name.hasSuffix(".zip") { continue }
      checkPromises(try Checkpoint.open(path: Fixtures.path(name)), "\(name)")
    }
  }

  @Test func tensorTypesAreThoseOfTheReference() throws {
    let reference = try Fixtures.manifest().ggmlTypes
    let ours = TensorType.allCases.filter { $0.ggmlID != nil }
    #expect(ours.count == reference.count)
    for type in ours {
      let expected = try #require(reference[type.name], "\(type.name) is not one of ggml's")
      #expect(
        [Int(type.rawValue), type.blockElementCount, type.blockByteCount] == expected,
        "\(type.name)")
    }
  }

  @Test func ggufMetadata() throws {
    let metadata = try Checkpoint.open(path: Fixtures.path("all-types.gguf")).metadata
    let expected: [(String, MetadataValue)] = [
      ("general.architecture", .string("swiftrag-test")),
      ("test.uint8", .uint8(200)), ("test.int8", .int8(-100)),
      ("test.uint16", .uint16(60_000)), ("test.int16", .int16(-30_000)),
      ("test.uint32", .uint32(4_000_000_000)), ("test.int32", .int32(-2_000_000_000)),
      ("test.float32", .float32(1.5)), ("test.bool", .bool(true)),
      ("test.string", .string("naïve 日本 🙂")),
      ("test.strings", .array(.string(StringArray(["", "a", "日本", "🙂"])))),
      ("test.integers", .array(.int32([1, -2, 3]))),
      ("test.floats", .array(.float32([0.5, -0.25]))),
      ("test.bools", .array(.bool([true, false, true]))),
      ("test.uint64", .uint64(1 << 63 + 1)), ("test.int64", .int64(-1 << 62)),
      ("test.float64", .float64(1e300)),
    ]
    #expect(metadata.entries.map(\.key) == expected.map(\.0))
    for (key, value) in expected { #expect(metadata[key] == value, "\(key)") }
  }

  @Test func ggufTensors() throws {
    let checkpoint = try Checkpoint.open(path: Fixtures.path("all-types.gguf"))
    #expect(checkpoint.format == .gguf(version: 3))
    let shapes: [(String, TensorType, [Int])] = [
      ("matrix.f32", .f32, [3, 5]), ("vector.f16", .f16, [7]), ("cube.i32", .i32, [2, 3, 4]),
      ("blocks.q8_0", .q80, [2, 32]), ("blocks.q4_0", .q40, [2, 32]),
      ("blocks.q6_k", .q6K, [2, 256]), ("row.bf16", .bf16, [1, 8]),
    ]
    #expect(checkpoint.tensors.map(\.name) == shapes.map(\.0))
    for (name, type, shape) in shapes {
      let tensor = try checkpoint.requiredTensor(name)
      #expect(tensor.type == type && tensor.shape == shape, "\(name)")
      #expect(tensor.byteRange.lowerBound % checkpoint.alignment == 0)
    }
    #expect(numbers(checkpoint, "matrix.f32", Float.self) == (0..<15).map { Float($0) * 0.25 })
    #expect(numbers(checkpoint, "cube.i32", Int32.self) == Array(0..<24))
    let halves = numbers(checkpoint, "vector.f16", UInt16.self).map {
      Float(Float16(bitPattern: $0))
    }
    #expect(halves == (0..<7).map { Float($0) * 0.25 })
    #expect(
      numbers(checkpoint, "blocks.q6_k", UInt8.self)
        == (0..<420).map { UInt8(truncatingIfNeeded: $0) })
    let aligned = try Checkpoint.open(path: Fixtures.path("aligned-64.gguf"))
    #expect(aligned.alignment == 64)
    #expect(numbers(aligned, "second", Float.self) == [0, 0.25, 0.5, 0.75])
    #expect(aligned.tensors.allSatisfy { $0.byteRange.lowerBound % 64 == 0 })
  }

  @Test func safetensors() throws {
    let checkpoint = try Checkpoint.open(path: Fixtures.path("dtypes.safetensors"))
    #expect(checkpoint.format == .safetensors)
    #expect(checkpoint.metadata.entries.map(\.key) == ["format"])
    #expect(try checkpoint.metadata.string("format") == "pt")
    let shapes: [String: (TensorType, [Int])] = [
      "embedding.weight": (.f32, [3, 5]), "half": (.f16, [7]), "bytes": (.u8, [5]),
      "flags": (.bool, [3]), "ids": (.i64, [2, 3]), "double": (.f64, [1, 1]),
      "empty": (.f32, [0, 4]), "scalar": (.f32, []), "naïve \"name\"": (.f32, [2]),
    ]
    #expect(checkpoint.tensors.count == shapes.count)
    for (name, (type, shape)) in shapes {
      let tensor = try checkpoint.requiredTensor(name)
      #expect(tensor.type == type && tensor.shape == shape, "\(name)")
    }
    #expect(
      numbers(checkpoint, "embedding.weight", Float.self) == (0..<15).map { Float($0) * 0.25 })
    #expect(numbers(checkpoint, "ids", Int64.self) == Array(0..<6))
    #expect(numbers(checkpoint, "scalar", Float.self) == [2.5])
    #expect(numbers(checkpoint, "double", Double.self) == [1e300])
    #expect(numbers(checkpoint, "flags", UInt8.self) == [1, 0, 1])
  }

  /// Writing a parsed file reproduces the reference writer's file byte for byte.
  @Test(arguments: ["all-types.gguf", "aligned-64.gguf", "dtypes.safetensors"])
  func writersGiveTheReferencesBytes(_ name: String) throws {
    let checkpoint = try Checkpoint.open(path: Fixtures.path(name))
    let written = try rewritten(checkpoint)
    #expect(try written == checkpoint.files[0].file.copyBytes())
  }
}

/// All numbers of a tensor, bit for bit.
func numbers<Number: BitwiseCopyable>(
  _ checkpoint: Checkpoint, _ name: String, _ type: Number.Type
) -> [Number] {
  guard let tensor = checkpoint.tensor(named: name) else { return [] }
  let bytes = checkpoint.bytes(of: tensor)
  return stride(from: 0, to: bytes.count, by: MemoryLayout<Number>.stride).map {
    bytes.loadUnaligned(fromByteOffset: $0, as: Number.self)
  }
}

/// Writes everything in `checkpoint` with our writer.
func rewritten(_ checkpoint: Checkpoint) throws -> [UInt8] {
  switch checkpoint.format {
  case .gguf:
    var writer = try GGUFWriter(alignment: checkpoint.alignment)
    for entry in checkpoint.metadata.entries {
      try writer.setMetadata(entry.key, entry.value)
    }
    for tensor in checkpoint.tensors {
      try writer.addTensor(
        name: tensor.name, type: tensor.type, shape: tensor.shape,
        source: checkpoint.source(of: tensor))
    }
    return try writer.encoded()
  case .safetensors, .torch, .whisperGGML, .cTranslate2:
    var writer = SafetensorsWriter()
    for entry in checkpoint.metadata.entries {
      try writer.setMetadata(entry.key, entry.value.stringValue ?? "")
    }
    for tensor in checkpoint.tensors.reversed() {
      try writer.addTensor(
        name: tensor.name, type: tensor.type, shape: tensor.shape,
        source: checkpoint.source(of: tensor))
    }
    return try writer.encoded()
  }
}
