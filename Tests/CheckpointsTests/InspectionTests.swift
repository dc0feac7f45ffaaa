import Bytes
import Checkpoints
import Foundation
import Testing

@Suite struct InspectionTests {
  @Test func describesTheReferencesFile() throws {
    let checkpoint = try Checkpoint.open(path: Fixtures.path("all-types.gguf"))
    let report = try Inspection(of: checkpoint, hashes: true)
    #expect(report.format == "GGUF v3")
    #expect(report.sha256 == (try Fixtures.manifest().files["all-types.gguf"]?.sha256))
    #expect(report.parameterCount == [15, 7, 24, 64, 64, 512, 8].reduce(0, +))
    #expect(report.tensors.map(\.byteCount) == [60, 14, 96, 68, 36, 420, 16])
    #expect(report.types.first?.type == "Q6_K")
    #expect(report.types.map(\.byteCount).reduce(0, +) == 710)
    let strings = try #require(report.metadata.first { $0.key == "test.strings" })
    #expect(strings.type == "array of string" && strings.elementCount == 4)
    #expect(strings.value == "[\"\", \"a\", \"日本\", \"🙂\"]")
    // The hash of the tensor, computed without the reader.
    let bytes = (0..<420).map { UInt8(truncatingIfNeeded: $0) }
    #expect(
      report.tensors.first { $0.name == "blocks.q6_k" }?.sha256 == (try sha256Hex(of: bytes)))
  }

  @Test func theMapCoversEveryByteOnce() throws {
    for name in ["all-types.gguf", "aligned-64.gguf", "dtypes.safetensors"] {
      let report = try Inspection(of: Checkpoint.open(path: Fixtures.path(name)))
      var end = 0
      for region in report.byteMap {
        #expect(region.byteOffset == end && region.byteCount >= 0, "\(name): \(region.label)")
        end += region.byteCount
      }
      #expect(end == report.byteCount)
    }
  }

  @Test func hiddenBytesShow() throws {
    var raw = RawGGUF(
      tensors: [rawTensor("a", dimensions: [1]), rawTensor("b", dimensions: [1], offset: 64)],
      data: .init(repeating: 0, count: 100))
    func idle() throws -> [Inspection.Region] {
      try Inspection(of: open(raw.bytes)).byteMap.filter { $0.isZero != nil }
    }
    #expect(try idle().map(\.kind) == [.padding, .padding, .gap, .padding, .trailing])
    #expect(try idle().allSatisfy { $0.isZero == true })
    raw.data[40] = 1
    #expect(try idle().filter { $0.isZero == false }.map(\.kind) == [.gap])
  }

  @Test func longAndHostileTextsAreSafeToPrint() throws {
    var writer = try GGUFWriter()
    try writer.setMetadata(
      "text", .string("a\u{1B}[2J\u{202E}b\n" + String(repeating: "x", count: 999)))
    try writer.setMetadata("numbers", .array(.uint8(.init(repeating: 7, count: 100))))
    let report = try Inspection(
      of: open(try writer.encoded()), detail: .init(elementCount: 2, characterCount: 20))
    #expect(report.metadata[0].value == "a\\u{1b}[2J\\u{202e}b\\nxxxxxxxxxxxx…")
    #expect(report.metadata[1].value == "[7, 7, …]")
    #expect(report.metadata[1].elementCount == 100)
  }

  @Test func survivesJSON() throws {
    let checkpoint = try Checkpoint.open(path: Fixtures.path("dtypes.safetensors"))
    let report = try Inspection(of: checkpoint, hashes: true)
    let data = try JSONEncoder().encode(report)
    #expect(try JSONDecoder().decode(Inspection.self, from: data) == report)
  }
}
