import Documents
import Foundation
import RAG
import Store

/// A folder of generated pictures and documents, with an index.
struct PictureFolder {
  let folder: URL
  let encoder = HashingEncoder()

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "album-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder.appending(path: "docs"), withIntermediateDirectories: true)
  }

  func cleanUp() { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appending(path: "docs/" + name).path }

  func write(_ text: String, _ name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path(name)))
  }

  func write(_ bytes: [UInt8], _ name: String) throws {
    try Data(bytes).write(to: URL(filePath: path(name)))
  }

  /// A bitmap of one colour.
  func writePicture(
    _ name: String, red: UInt8, green: UInt8, blue: UInt8, side: Int = 40
  ) throws {
    try write(Self.bitmap(red: red, green: green, blue: blue, side: side), name)
  }

  /// The bytes of a bitmap: 24 bits a pixel, no compression, rows of a multiple of 4 bytes.
  static func bitmap(red: UInt8, green: UInt8, blue: UInt8, side: Int) -> [UInt8] {
    func little(_ value: Int, _ count: Int = 4) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let rowByteCount = (side * 3 + 3) / 4 * 4
    let row =
      (0..<side).flatMap { _ in [blue, green, red] }
      + [UInt8](repeating: 0, count: rowByteCount - side * 3)
    let pixels = (0..<side).flatMap { _ in row }
    return Array("BM".utf8) + little(54 + pixels.count) + little(0) + little(54) + little(40)
      + little(side) + little(side) + little(1, 2) + little(24, 2) + little(0)
      + little(pixels.count) + little(0) + little(0) + little(0) + little(0) + pixels
  }

  func store(_ name: String = "index.sqlite") throws -> IndexStore {
    try IndexStore.openOrCreate(
      path: folder.appending(path: name).path, identity: Ingestor.identity(for: encoder))
  }

  func add(
    to store: IndexStore, _ embedder: ColourEmbedder? = nil,
    report: (IngestEvent) -> Void = { _ in }
  ) throws -> IngestReport {
    try Ingestor(
      store: store, encoder: encoder, pictures: PictureTools(model: PictureModel(embedder))
    ).add(paths: [folder.appending(path: "docs").path], report: report)
  }

  func retriever(_ store: IndexStore, _ embedder: ColourEmbedder? = nil) -> Retriever {
    Retriever(store: store, encoder: encoder, pictures: PictureModel(embedder))
  }
}

extension Passage {
  /// The name of the document.
  var fileName: String { URL(filePath: citation.path).lastPathComponent }
}
