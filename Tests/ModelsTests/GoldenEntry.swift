import Foundation
import Testing

@testable import Models

/// The place of an activation in a file of goldens; Tests/Reference/golden_files.py writes both.
struct GoldenEntry: Decodable {
  var name: String
  var layer: Int?
  var rows: Int
  var columns: Int
  /// First number in the file of numbers.
  var offset: Int

  var label: String { layer.map { "layer \($0) \(name)" } ?? name }
  var range: Range<Int> { offset..<(offset + rows * columns) }

  /// All numbers of a file: Float32, little-endian.
  static func numbers(of file: URL) throws -> [Float] {
    try Data(contentsOf: file).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }
}

/// Requires every activation to agree with its golden within `tolerance` of the golden's largest
/// number.
func requireAgreement(
  _ activations: [Tap.Activation], _ goldens: [GoldenEntry], _ numbers: [Float], tolerance: Float
) throws {
  try #require(activations.map(\.label) == goldens.map(\.label))
  for (actual, golden) in zip(activations, goldens) {
    try #require(actual.rows == golden.rows && actual.columns == golden.columns)
    let expected = numbers[golden.range]
    let largest = expected.reduce(0) { max($0, abs($1)) }
    let difference = maximumDifference(actual.values, expected)
    // `#require` ends here, so the message names the first activation that diverges.
    try #require(
      difference <= tolerance * largest,
      "first divergence: \(golden.label), \(difference) of \(largest)")
  }
}
