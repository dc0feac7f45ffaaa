import Bytes
import Checkpoints
import Foundation
import Testing

@Suite struct WriterTests {
  @Test func ggufComesBackAsItWasGiven() throws {
    let bytes = try DamageTests.smallGGUF()
    let checkpoint = try open(bytes)
    checkPromises(checkpoint, "small GGUF")
    #expect(checkpoint.alignment == 16)
    #expect(checkpoint.metadata.entries.count == 16)
    #expect(checkpoint.metadata["texts"] == .array(.string(StringArray(["a", "", "日本"]))))
    #expect(checkpoint.tensor(named: "m")?.shape == [2, 3])
    #expect(checkpoint.tensor(named: "s")?.shape == [])
    #expect(numbers(checkpoint, "s", UInt8.self) == [3, 4])
    #expect(try rewritten(checkpoint) == bytes)
    #expect(try DamageTests.smallGGUF() == bytes)
  }

  @Test func safetensorsComeBackAsTheyWereGiven() throws {
    let bytes = try DamageTests.smallSafetensors()
    let checkpoint = try open(bytes)
    checkPromises(checkpoint, "small safetensors")
    #expect(try checkpoint.metadata.string("escaped") == "\"\\\n\u{1}🙂")
    #expect(checkpoint.tensor(named: "e")?.shape == [0, 4])
    #expect(checkpoint.files[0].dataOffset % 8 == 0)
    #expect(try rewritten(checkpoint) == bytes)
  }

  @Test func streamsAreHeldToTheirSize() throws {
    for byteCount in [15, 17] {
      var writer = try GGUFWriter()
      try writer.addTensor(
        name: "w", type: .f32, shape: [4],
        source: .stream { sink throws(CheckpointError) in
          for _ in 0..<byteCount { try sink.append([1]) }
        })
      let error = #expect(throws: CheckpointError.self) { try writer.encoded() }
      #expect(error.map(caseName) == "cannotWrite")
    }
  }

  @Test func aFailedWriteLeavesNothing() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "swiftrag-writer-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var writer = try GGUFWriter()
    try writer.addTensor(name: "w", type: .f32, shape: [4], source: .bytes([1]))
    let path = folder.appending(path: "a.gguf").path
    #expect(throws: CheckpointError.self) { try writer.write(to: path) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    var good = try GGUFWriter()
    try good.addTensor(name: "w", type: .i8, shape: [4], source: .bytes([1, 2, 3, 4]))
    try good.write(to: path)
    #expect(numbers(try Checkpoint.open(path: path), "w", UInt8.self) == [1, 2, 3, 4])
  }

  @Test func whatNoReaderAcceptsIsNotWritten() throws {
    var writer = try GGUFWriter()
    func refused(
      _ expected: String, _ body: (inout GGUFWriter) throws(CheckpointError) -> Void
    ) {
      do throws(CheckpointError) {
        try body(&writer)
        Issue.record("accepted, expected \(expected)")
      } catch {
        #expect(caseName(error) == expected)
      }
    }
    func tensor(
      _ expected: String, _ name: String, _ type: TensorType, _ shape: [Int]
    ) {
      refused(expected) { writer throws(CheckpointError) in
        try writer.addTensor(name: name, type: type, shape: shape, source: .bytes([]))
      }
    }
    tensor("invalidName", "", .f32, [1])
    tensor("invalidName", "a\u{0}", .f32, [1])
    tensor("cannotWrite", String(repeating: "n", count: 64), .f32, [1])
    tensor("cannotWrite", "a", .u8, [1])
    tensor("cannotWrite", "a", .f32, [0])
    tensor("cannotWrite", "a", .f32, [-1])
    tensor("tooManyDimensions", "a", .f32, [1, 1, 1, 1, 1])
    tensor("partialBlock", "b", .q80, [33])
    tensor("bytes.overflow", "c", .f32, [.max, 2])
    try writer.setMetadata("k", .bool(true))
    refused("duplicateKey") { writer throws(CheckpointError) in
      try writer.setMetadata("k", .bool(true))
    }
    refused("cannotWrite") { writer throws(CheckpointError) in
      try writer.setMetadata("general.alignment", .uint32(64))
    }
    for alignment in [0, 4, 24, 131_072, -8] {
      #expect(throws: CheckpointError.self) { try GGUFWriter(alignment: alignment) }
    }
    var safetensors = SafetensorsWriter()
    #expect(throws: CheckpointError.self) {
      try safetensors.addTensor(name: "q", type: .q40, shape: [32], source: .bytes([]))
    }
    #expect(throws: CheckpointError.self) {
      try safetensors.addTensor(
        name: "__metadata__", type: .f32, shape: [1], source: .bytes([]))
    }
  }

  @Test func versionTwoReadsAsVersionThree() throws {
    var bytes = try DamageTests.smallGGUF()
    bytes[4] = 2
    let checkpoint = try open(bytes)
    #expect(checkpoint.format == .gguf(version: 2))
    checkPromises(checkpoint, "version 2")
  }

  @Test func tensorsMayStandInAnyOrderWithGaps() throws {
    let raw = RawGGUF(
      tensors: [
        rawTensor("late", dimensions: [8], offset: 128), rawTensor("early", dimensions: [3]),
      ], data: .init(repeating: 1, count: 200))
    let checkpoint = try open(raw.bytes)
    checkPromises(checkpoint, "gaps")
    let kinds = checkpoint.byteMap(ofFile: 0).map(\.kind)
    #expect(
      kinds == [
        .header, .tensorInfo, .tensorInfo, .padding, .tensor, .padding, .gap, .tensor, .trailing,
      ])
  }

  @Test func typedLookups() throws {
    let metadata = try open(try DamageTests.smallGGUF()).metadata
    #expect(try metadata.integer("i16") == -2)
    #expect(try metadata.number("f64") == 2.5)
    #expect(try metadata.number("u8") == 1)
    #expect(try metadata.integer("absent") == nil)
    #expect(throws: CheckpointError.missingMetadata(key: "absent").inFile("test")) {
      try metadata.required("absent", metadata.integer("absent"))
    }
    #expect(
      throws: CheckpointError.metadataType(
        key: "text", expected: "an integer", found: "string"
      ).inFile("test")
    ) { try metadata.integer("text") }
    #expect(try metadata.integers("ints") == [1, 2, 3])
    #expect(throws: CheckpointError.self) { try metadata.strings("ints") }
  }
}
