import Foundation
import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// The byte map in each format's docstring, held against the code: where fields begin and end, and
/// how many elements a byte of each field reaches.
@Suite struct BlockMapTests {
  /// One field of a drawing.
  struct Field: Equatable {
    let name: String
    let bytes: Range<Int>
    let reach: ClosedRange<Int>
  }

  /// The Swift name of each format; its docstring is in `Blocks/NAME.swift` or PlainFormats.swift.
  static func name(_ type: WeightType) -> String { String(describing: type.format) }

  @Test(arguments: WeightType.allCases) func mapIsTrue(type: WeightType) throws {
    let fields = try fields(ofMap: Self.name(type))
    #expect(fields.last?.bytes.upperBound == type.blockByteCount)
    // The first field that reaches whole blocks, in ggml's names, is where the scales are.
    let scales = fields.filter { ["d", "dmin", "m"].contains($0.name) }
    #expect(scales.map(\.bytes.lowerBound).sorted() == type.format.scaleOffsets)
    for field in fields {
      var counts: Set<Int> = []
      for byte in field.bytes { counts.insert(reach(ofByte: byte, type)) }
      #expect(
        counts.min() == field.reach.lowerBound && counts.max() == field.reach.upperBound,
        "\(type.rawValue).\(field.name): \(counts.sorted()), the map says \(field.reach)")
    }
  }

  /// The number of elements of a block that change with one of its bytes, over all values of the
  /// byte.
  private func reach(ofByte byte: Int, _ type: WeightType) -> Int {
    // No quant or inner scale is zero here, nor any product with the scales.
    var block = [UInt8](repeating: 0x5b, count: type.blockByteCount)
    for offset in type.format.scaleOffsets { (block[offset], block[offset + 1]) = (0x66, 0x2e) }
    let original = widened(block, type: type)
    var changed: Set<Int> = []
    for bit in 0..<8 {
      var other = block
      other[byte] ^= 1 << bit
      let values = widened(other, type: type)
      changed.formUnion(
        values.indices.filter { values[$0].bitPattern != original[$0].bitPattern })
    }
    return changed.count
  }

  /// Reads the drawing: a line of offsets, a rule, names, reaches, a rule.
  private func fields(ofMap format: String) throws -> [Field] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Sources/KernelsReference/Blocks")
    let file = format.hasPrefix("Format") ? "PlainFormats.swift" : "\(format).swift"
    let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
    let lines = text.components(separatedBy: "\n")
    let declaration = try #require(lines.firstIndex { $0.contains("enum \(format)") })
    let rule = try #require(
      lines[..<declaration].lastIndex { $0.contains("+--") }.map { $0 - 3 })
    #expect(lines[rule].contains("+--"))
    let offsets = lines[rule - 1].split(separator: " ").compactMap { Int($0) }
    func cells(_ line: String) -> [String] {
      line.components(separatedBy: "|").dropFirst().dropLast()
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let names = cells(lines[rule + 1])
    let reaches = cells(lines[rule + 2])
    #expect(names.count == offsets.count - 1 && reaches.count == names.count)
    #expect(offsets.first == 0 && lines[rule + 2].hasSuffix("reach"))
    try #require(names.count == offsets.count - 1 && reaches.count == names.count)
    return try names.indices.map { index in
      let ends = reaches[index].components(separatedBy: "...").compactMap { Int($0) }
      let (least, most) = (try #require(ends.first), try #require(ends.last))
      return Field(
        name: names[index], bytes: offsets[index]..<offsets[index + 1], reach: least...most)
    }
  }
}
