import Foundation

/// The values that gguf-py and ggml compute from blocks; see
/// Tests/Reference/make_block_fixtures.py.
enum BlockFixtures {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/blocks")

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }

  static func floats(_ name: String) throws -> [Float] {
    let bytes = try bytes(name)
    return bytes.withUnsafeBytes { bytes in
      (0..<(bytes.count / 4)).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
    }
  }

  /// Dot products of quantised rows.
  struct Products: Decodable {
    struct Case: Decodable {
      let type: String
      /// Rows of blocks, hexadecimal.
      let weight: String
      /// `[tokens, outputs]`.
      let y: [Float]

      var weightBytes: [UInt8] {
        let digits = Array(weight.utf8).map { UInt8($0 > 0x40 ? $0 - 0x57 : $0 - 0x30) }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
      }
    }
    let inputs: Int
    /// Bit patterns, `[tokens, inputs]`.
    let x: [UInt32]
    let cases: [Case]
  }

  static func products() throws -> Products {
    let data = try Data(contentsOf: folder.appending(path: "products.json"))
    return try JSONDecoder().decode(Products.self, from: data)
  }
}
