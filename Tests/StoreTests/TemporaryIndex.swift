import Documents
import Foundation
import Kernels

@testable import Store

/// A folder of its own for each test, removed when the test ends.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "swiftrag-store-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    chmod(path, 0o700)
    try? FileManager.default.removeItem(atPath: path)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }
}

/// A reproducible source of random numbers: SplitMix64 (Steele, Lea, Flood 2014).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A normal variate, by the Box-Muller transform.
  mutating func nextNormal() -> Double {
    let radius = (-2 * log(Double.random(in: Double.leastNonzeroMagnitude..<1, using: &self)))
      .squareRoot()
    return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &self))
  }

  /// A random unit vector.
  mutating func nextUnitVector(dimension: Int) -> [Float] {
    normalized((0..<dimension).map { _ in nextNormal() })
  }
}

/// The vector of length 1 with the same direction.
func normalized(_ vector: [Double]) -> [Float] {
  let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
  return vector.map { Float($0 / norm) }
}

let smallIdentity = IndexIdentity(
  modelHash: "aa11", modelName: "tiny", dimension: 8, chunker: "test-1")

/// A document with made-up size, hash and time.
func makeRecord(_ path: String, content: String, type: String = "text") -> DocumentRecord {
  DocumentRecord(
    path: path, type: type, title: nil, sha256: "hash of \(content)", byteCount: content.utf8.count,
    modifiedNanoseconds: 1_000)
}

/// Stores `passages` as one document, each with a random vector that depends only on its text.
@discardableResult
func store(
  _ passages: [String], at path: String, in index: IndexStore, dimension: Int = 8,
  type: String = "text"
) throws -> DocumentRecord {
  let record = makeRecord(path, content: passages.joined(), type: type)
  try index.replaceDocument(
    record, chunks: makeChunks(passages),
    vectors: passages.flatMap { vector(for: $0, dimension: dimension) })
  return record
}

func makeChunks(_ passages: [String]) -> [Chunk] {
  var start = 0
  return passages.enumerated().map { ordinal, text in
    defer { start += text.utf8.count }
    return Chunk(
      text: text, byteRange: start..<start + text.utf8.count,
      sourceByteRange: start..<start + text.utf8.count, page: ordinal + 1,
      lineRange: ordinal + 1...ordinal + 1, heading: "Part \(ordinal)", tokenCount: 3)
  }
}

/// A random vector that depends only on the text.
func vector(for text: String, dimension: Int = 8) -> [Float] {
  let seed = text.utf8.reduce(UInt64(14_695_981_039_346_656_037)) {
    ($0 ^ UInt64($1)) &* 1_099_511_628_211
  }
  var generator = SeededGenerator(seed: seed)
  return generator.nextUnitVector(dimension: dimension)
}
