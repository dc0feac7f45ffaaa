import Foundation

@testable import Models

/// Activations of transformers' BertModel; Tests/Reference/make_bert_goldens.py.
struct TinyGoldens: Decodable {
  var sequences: [[Int32]]
  var activations: [GoldenEntry]

  static func load() throws -> TinyGoldens {
    let data = try Data(contentsOf: Assets.fixtures.appending(path: "tiny.json"))
    return try JSONDecoder().decode(TinyGoldens.self, from: data)
  }

  static func numbers() throws -> [Float] {
    try GoldenEntry.numbers(of: Assets.fixtures.appending(path: "tiny.f32"))
  }
}

/// Samples of the activations of the real model.
struct MiniLMGoldens: Decodable {
  struct Entry: Decodable {
    var name: String
    var layer: Int?
    var rows: Int
    var columns: Int
    var rootMeanSquare: Double
    /// The first 8 and the last 8 numbers.
    var firstRow: [Float]
    var lastRow: [Float]

    var label: String { layer.map { "layer \($0) \(name)" } ?? name }
  }
  struct Case: Decodable {
    var text: String
    var tokenIDs: [Int32]
    var activations: [Entry]
    var embedding: [Float]
  }
  var cases: [Case]

  static func load() throws -> MiniLMGoldens {
    let data = try Data(contentsOf: Assets.fixtures.appending(path: "minilm.json"))
    return try JSONDecoder().decode(MiniLMGoldens.self, from: data)
  }
}

/// The activations of one call, for comparison.
final class Recorder {
  private(set) var activations: [Tap.Activation] = []
  var tap: Tap { Tap { self.activations.append($0) } }
}

func maximumDifference(_ a: some Sequence<Float>, _ b: some Sequence<Float>) -> Float {
  zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
}

func cosine(_ a: some Sequence<Float>, _ b: some Sequence<Float>) -> Double {
  var product = 0.0
  var squares = (0.0, 0.0)
  for (x, y) in zip(a, b) {
    product += Double(x) * Double(y)
    squares.0 += Double(x) * Double(x)
    squares.1 += Double(y) * Double(y)
  }
  return product / (squares.0 * squares.1).squareRoot()
}
