import Bytes
import Documents
import Foundation
import RAG
import Store
import Synchronization
import Testing

/// Pictures in, an index out: files, pictures in documents, broken ones, and those that wait.
@Suite struct PictureIngestTests {
  let album: PictureFolder

  init() throws {
    album = try PictureFolder()
  }

  private func chunks(_ store: IndexStore, _ name: String) throws -> [Chunk] {
    let documents = try store.documents()
    let document = try #require(documents.first { $0.path.hasSuffix("/" + name) })
    return try store.chunks(ofDocument: document.id)
  }

  @Test func aPictureFileIsOneChunkWithItsSizeAndItsName() throws {
    defer { album.cleanUp() }
    try album.writePicture("red-barn_2.bmp", red: 250, green: 0, blue: 0, side: 50)
    try album.write(PictureFolder.bitmap(red: 0, green: 0, blue: 9, side: 8), "mislabelled.jpg")
    let store = try album.store()
    let report = try album.add(to: store, ColourEmbedder())
    #expect(report.addedCount == 2 && report.embeddedPictureCount == 2)
    #expect(report.waitingPictureCount == 0 && report.skipped.isEmpty)
    let chunk = try #require(try chunks(store, "red-barn_2.bmp").first)
    #expect(chunk.modality == .picture && chunk.text == "red barn")
    #expect(chunk.picture?.width == 50 && chunk.picture?.height == 50)
    #expect(chunk.picture?.origin == .file && chunk.picture?.sha256.count == 64)
    #expect(try store.verify().problems == [])
    #expect(try album.add(to: store, ColourEmbedder()).changedNothing)
  }

  @Test func metadataOfTheCameraIsKept() throws {
    defer { album.cleanUp() }
    let fixture = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/pictures/oriented.tif")
    try FileManager.default.copyItem(
      at: fixture, to: URL(filePath: album.path("IMG_0001.tif")))
    let store = try album.store()
    _ = try album.add(to: store)
    let picture = try #require(try chunks(store, "IMG_0001.tif").first?.picture)
    #expect(picture.capturedAt?.isEmpty == false || picture.capturedAt == nil)
    #expect(try store.waitingPictureCount() == 1)
    #expect(try store.verify().problems == [])
  }

  @Test func picturesOfPagesAreIndexedWithTheirCaptions() throws {
    defer { album.cleanUp() }
    try album.writePicture("barn.bmp", red: 250, green: 0, blue: 0)
    try album.writePicture("dot.bmp", red: 0, green: 250, blue: 0, side: 8)
    try album.write(
      "# Farm\n\nThe farm has a barn. ![The old barn](barn.bmp) ![bullet](dot.bmp)", "farm.md")
    let store = try album.store()
    let embedder = ColourEmbedder()
    let report = try album.add(to: store, embedder)
    #expect(report.addedCount == 3)
    let farm = try chunks(store, "farm.md")
    #expect(farm.map(\.modality) == [.text, .picture])
    #expect(farm[1].text == "The old barn" && farm[1].heading == "Farm")
    #expect(farm[1].lineRange == 3...3)
    // Bullets in documents are left out, as files they are kept.
    #expect(embedder.pictureCount.withLock { $0 } == 3)
    #expect(try store.verify().problems == [])
  }

  /// Figures are found by their captions at once, wait for a model, and are drawn again for it.
  @Test(
    .enabled(
      if: ChildProcess.find("pdftotext") != nil && ChildProcess.find("pdftoppm") != nil,
      "poppler-utils is not installed"))
  func figuresOfAPDFCiteTheirPage() throws {
    defer { album.cleanUp() }
    let fixture = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/documents/figures.pdf")
    try FileManager.default.copyItem(at: fixture, to: URL(filePath: album.path("harbour.pdf")))
    let store = try album.store()
    let first = try album.add(to: store)
    #expect(first.waitingPictureCount == 6 && first.skippedPictures.isEmpty)
    let found = try album.retriever(store).retrieve("bilge pump", mode: .keyword, limit: 1)
    #expect(found.passages.first?.citation.kind == "picture")
    #expect(found.passages.first?.citation.page == 2)
    let second = try album.add(to: store, ColourEmbedder())
    #expect(second.embeddedPictureCount == 6 && second.waitingPictureCount == 0)
    let pictures = try chunks(store, "harbour.pdf").compactMap(\.picture)
    #expect(pictures.count == 6)
    #expect(
      pictures.allSatisfy { if case .figure = $0.origin { $0.width >= 100 } else { false } })
    // The labels of the diagram are in the text of the page, and no program has to read them.
    #expect(pictures.count(where: \.wasRead) == 1)
    #expect(try store.verify().problems == [])
  }

  @Test func aChangedPictureIsReadAgainWithItsPage() throws {
    defer { album.cleanUp() }
    try album.writePicture("barn.bmp", red: 250, green: 0, blue: 0)
    try album.write("Text about the barn. ![barn](barn.bmp)", "farm.md")
    let store = try album.store()
    _ = try album.add(to: store, ColourEmbedder())
    let before = try #require(try chunks(store, "farm.md").last?.picture?.sha256)
    try album.writePicture("barn.bmp", red: 0, green: 250, blue: 0)
    let report = try album.add(to: store, ColourEmbedder())
    #expect(report.updatedCount == 2)
    #expect(try chunks(store, "farm.md").last?.picture?.sha256 != before)
    #expect(try store.verify().problems == [])
    try FileManager.default.removeItem(atPath: album.path("barn.bmp"))
    _ = try album.add(to: store, ColourEmbedder())
    #expect(try chunks(store, "farm.md").map(\.modality) == [.text])
    #expect(try album.add(to: store, ColourEmbedder()).changedNothing)
  }

  @Test func picturesWaitForAModelAndNothingElseIsTouched() throws {
    defer { album.cleanUp() }
    try album.writePicture("red-barn.bmp", red: 250, green: 0, blue: 0)
    try album.writePicture("IMG_1.bmp", red: 0, green: 250, blue: 0)
    try album.write("Only text here, about ships.", "ships.txt")
    try album.write("The sky. ![](IMG_1.bmp) ![a barn](red-barn.bmp)", "sky.md")
    let store = try album.store()
    let first = try album.add(to: store)
    #expect(first.waitingPictureCount == 4 && first.embeddedPictureCount == 0)
    let ids = try store.documents().map(\.id)
    let hashed = try store.documents().map { try store.chunks(ofDocument: $0.id) }
    // Found by its name until the model is there.
    let retriever = album.retriever(store)
    #expect(
      try retriever.retrieve("barn", mode: .keyword, limit: 5).passages.first?.citation.kind
        == "picture")

    let embedder = ColourEmbedder()
    let events = Mutex<[String]>([])
    let second = try album.add(to: store, embedder) { event in
      if case .waitingPictures(let done, let total) = event {
        events.withLock { $0.append("\(done)/\(total)") }
      }
    }
    #expect(second.embeddedPictureCount == 4 && second.waitingPictureCount == 0)
    #expect(second.embeddedChunkCount == 0 && second.updatedCount == 0)
    #expect(second.unchangedCount == 4 && !second.changedNothing)
    #expect(events.withLock { $0 } == ["1/4", "2/4", "4/4"])
    #expect(try store.documents().map(\.id) == ids)
    #expect(try store.documents().map { try store.chunks(ofDocument: $0.id) } == hashed)
    #expect(try store.verify().problems == [])

    // The same index as with the model from the start.
    let other = try album.store("other.sqlite")
    _ = try album.add(to: other, ColourEmbedder())
    #expect(try other.contentHash() == store.contentHash())
    #expect(try album.add(to: store, embedder).changedNothing)
  }

  @Test func aFileThatChangedWhileItsPictureWaitedIsReadAsUsual() throws {
    defer { album.cleanUp() }
    try album.writePicture("barn.bmp", red: 250, green: 0, blue: 0)
    let store = try album.store()
    _ = try album.add(to: store)
    try album.writePicture("barn.bmp", red: 0, green: 0, blue: 250)
    let report = try album.add(to: store, ColourEmbedder())
    #expect(report.updatedCount == 1 && report.embeddedPictureCount == 1)
    #expect(report.waitingPictureCount == 0)
    #expect(try store.verify().problems == [])
  }

  @Test func aBrokenPictureCostsOneEntry() throws {
    defer { album.cleanUp() }
    try album.writePicture("good.bmp", red: 250, green: 0, blue: 0)
    let whole = PictureFolder.bitmap(red: 1, green: 2, blue: 3, side: 40)
    try album.write(Array(whole.prefix(900)), "cut.bmp")
    try album.write("no picture", "words.png")
    try album.write([], "empty.gif")
    try album.write("Text. ![cut](cut.bmp) ![good](good.bmp) ![words](words.png)", "page.md")
    let store = try album.store()
    let report = try album.add(to: store, ColourEmbedder())
    #expect(report.addedCount == 2)
    #expect(
      report.skipped.map { URL(filePath: $0.path).lastPathComponent } == [
        "cut.bmp", "empty.gif", "words.png",
      ])
    #expect(report.skipped[0].reason.contains("cut short"))
    // In the page, a file that is not a picture is only a warning.
    #expect(report.skippedPictures.count == 1)
    #expect(report.skippedPictures.first?.path.hasSuffix("page.md, cut.bmp") == true)
    #expect(try chunks(store, "page.md").map(\.modality) == [.text, .picture])
    #expect(try store.verify().problems == [])
  }

  @Test func manyPicturesOfOneDocumentKeepTheirOrder() throws {
    defer { album.cleanUp() }
    let pictures = (0..<40).map { index -> String in
      let bytes = PictureFolder.bitmap(red: UInt8(index * 6), green: 0, blue: 0, side: 33)
      // Every second one has a caption.
      let alternative = index % 2 == 0 ? "number\(index)" : ""
      return
        "![\(alternative)](data:image/bmp;base64,\(Data(bytes).base64EncodedString()))"
    }
    try album.write("Swatches\n\n" + pictures.joined(separator: "\n"), "swatches.md")
    let store = try album.store()
    let embedder = ColourEmbedder()
    let report = try album.add(to: store, embedder)
    #expect(report.embeddedPictureCount == 40)
    #expect(try store.verify().problems == [])
    let shown = try chunks(store, "swatches.md").filter { $0.modality == .picture }
    #expect(shown.prefix(20).map(\.text) == (0..<20).map { "number\($0 * 2)" })
    #expect(shown.suffix(20).allSatisfy { $0.text.isEmpty })
    // The brightest red is picture 39, the last one of the document.
    let bright = try #require(
      try album.retriever(store, embedder).retrieve("red", mode: .dense, limit: 1).passages.first)
    #expect(bright.citation.picture?.origin == .inline(number: 40))
  }

  @Test func picturesWithoutACaptionAreWrittenInParts() throws {
    defer { album.cleanUp() }
    for number in 0..<20 {
      try album.writePicture("IMG_00\(number + 10).bmp", red: UInt8(number), green: 0, blue: 9)
    }
    let done = Mutex<[Int]>([])
    let report = try album.add(to: try album.store(), ColourEmbedder()) { event in
      if case .progress(let count, _, _) = event { done.withLock { $0.append(count) } }
    }
    #expect(report.embeddedPictureCount == 20)
    #expect(done.withLock { $0 } == [8, 16, 20])
  }

  @Test func aPageWithNothingButAnIconIsEmpty() throws {
    defer { album.cleanUp() }
    try album.writePicture("dot.bmp", red: 0, green: 250, blue: 0, side: 8)
    try album.write("<html><body><img src=\"dot.bmp\"></body></html>", "page.html")
    let report = try album.add(to: try album.store(), ColourEmbedder())
    #expect(report.skipped.map(\.reason) == ["contains no text"])
  }

  @Test func anErrorOfTheModelEndsTheRun() throws {
    defer { album.cleanUp() }
    struct Failure: Error {}
    try album.write("Text that comes first.", "a.txt")
    try album.writePicture("b.bmp", red: 250, green: 0, blue: 0)
    let store = try album.store()
    #expect(throws: Failure.self) {
      try album.add(to: store, ColourEmbedder(failure: Failure()))
    }
    #expect(try album.add(to: store, ColourEmbedder()).embeddedPictureCount == 1)
    #expect(try store.verify().problems == [])
  }

  @Test func anotherPictureModelIsRefused() throws {
    defer { album.cleanUp() }
    try album.writePicture("b.bmp", red: 250, green: 0, blue: 0)
    let store = try album.store()
    _ = try album.add(to: store, ColourEmbedder())
    try album.writePicture("c.bmp", red: 0, green: 250, blue: 0)
    let other = ColourEmbedder(modelHash: String(repeating: "d", count: 64))
    #expect(throws: StoreError.self) { try album.add(to: store, other) }
    #expect(throws: StoreError.self) {
      try album.retriever(store, other).retrieve("red", mode: .hybrid, limit: 1)
    }
  }
}
