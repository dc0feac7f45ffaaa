import Foundation

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
