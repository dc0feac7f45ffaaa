import Foundation

@testable import Models

/// Activations of transformers' CLIPModel; Tests/Reference/make_clip_goldens.py.
struct CLIPGoldens: Decodable {
  var texts: [[Int32]]
  var imageCount: Int
  /// The prepared images, `[images × 3 × side, side]`.
  var pixels: GoldenEntry
  var images: [GoldenEntry]
  var textActivations: [GoldenEntry]

  static let folder = Assets.packageRoot.appending(path: "Tests/Fixtures/clip")

  /// The same weights as transformers saves them, and as open_clip does.
  static let layouts = ["tiny", "tiny-open-clip/open_clip_model.safetensors"]

  static func path(_ layout: String) -> String { folder.appending(path: layout).path() }

  static func load() throws -> CLIPGoldens {
    let data = try Data(contentsOf: folder.appending(path: "tiny.json"))
    return try JSONDecoder().decode(CLIPGoldens.self, from: data)
  }

  static func numbers() throws -> [Float] {
    try GoldenEntry.numbers(of: folder.appending(path: "tiny.f32"))
  }

  /// The images, each `[3, side, side]`.
  func imageValues() throws -> [[Float]] {
    let all = try Self.numbers()[pixels.range]
    let count = all.count / imageCount
    return (0..<imageCount).map {
      Array(all[(all.startIndex + $0 * count)..<(all.startIndex + ($0 + 1) * count)])
    }
  }
}
