import Bytes
import Foundation
import Media
import Testing

@testable import Documents

struct PDFReaderTests {
  static let hasTool = ChildProcess.find("pdftotext") != nil

  @Test(.enabled(if: hasTool, "pdftotext (Debian package poppler-utils) is not installed"))
  func readsPageByPage() throws {
    let document = try DocumentReader().read(path: DocumentFixture.path("pages.pdf"))
    let pages = try #require(document.pages)
    #expect(document.type == .pdf)
    try #require(pages.count == 4)
    #expect(DocumentFixture.slice(document, pages[0]).contains("nine hours on one filling"))
    #expect(
      DocumentFixture.slice(document, pages[1])
        == "Storage\nStore the lantern empty, in a dry place.")
    #expect(pages[2].isEmpty)
    #expect(DocumentFixture.slice(document, pages[3]).contains("Café lanterns “deluxe” cost €25."))
    #expect(document.warnings == [])
    let third = ExtractedPicture(
      origin: .page(number: 3), byteOffset: pages[2].lowerBound, page: 3)
    #expect(document.pictures == (PDFPagePicture.isAvailable ? [third] : []))
    #expect(!document.text.contains("\u{C}"))
    #expect(document.page(at: pages[3].lowerBound) == 4)
  }

  @Test(.enabled(if: hasTool, "pdftotext (Debian package poppler-utils) is not installed"))
  func saysWhyAFileHasNoText() throws {
    let locked = DocumentFixture.path("locked.pdf")
    #expect(throws: DocumentError.encrypted(path: locked)) {
      try DocumentReader().read(path: locked)
    }
  }

  @Test(
    .enabled(if: hasTool && PDFPagePicture.isAvailable, "poppler-utils is not installed"))
  func pagesWithoutTextBecomePictures() throws {
    let document = try DocumentReader().read(path: DocumentFixture.path("scanned.pdf"))
    #expect(document.text.isEmpty && document.pages?.count == 3)
    #expect(document.pictures.map(\.origin) == (1...3).map { .page(number: $0) })
    #expect(document.pictures.map(\.page) == [1, 2, 3])
    var reader = PictureBytes(ofDocumentAt: DocumentFixture.path("scanned.pdf"))
    let bytes = try reader.read(document.pictures[1])
    let page = try InProcessPictureDecoder().decode(bytes)
    #expect(max(page.width, page.height) == PDFPagePicture.longSide)
    #expect(page.pixels.contains { $0 < 50 } && page.pixels.contains { $0 > 200 })
  }

  @Test(
    .enabled(if: hasTool && PDFPagePicture.isAvailable, "poppler-utils is not installed"))
  func aPageThatDoesNotExistIsAnError() {
    #expect(throws: DocumentError.self) {
      try PDFPagePicture(path: DocumentFixture.path("scanned.pdf"), limits: DocumentLimits())
        .draw(page: 9)
    }
  }

  /// Truncated at 40 places, the file gives text or a typed error, and never more text than the
  /// fixture.
  @Test(.enabled(if: hasTool, "pdftotext (Debian package poppler-utils) is not installed"))
  func truncatedFilesGiveAnErrorOrText() throws {
    let whole = try DocumentFixture.bytes("pages.pdf")
    try DocumentFixture.withFolder { folder in
      var errorCount = 0
      for step in 0..<40 {
        let path = "\(folder)/cut-\(step).pdf"
        try DocumentFixture.write(Array(whole[..<(whole.count * step / 40)]), to: path)
        do throws(DocumentError) {
          _ = try DocumentReader().read(path: path)
        } catch {
          errorCount += 1
          #expect(error.description.contains(path))
        }
      }
      #expect(errorCount > 0)
    }
  }

  @Test(.enabled(if: hasTool, "pdftotext (Debian package poppler-utils) is not installed"))
  func limitsOfSizeAreKept() throws {
    var limits = DocumentLimits()
    limits.maximumTextByteCount = 50
    let path = DocumentFixture.path("pages.pdf")
    #expect(throws: DocumentError.textTooLarge(path: path, limit: 50)) {
      try DocumentReader(limits: limits).read(path: path)
    }
    limits.maximumFileByteCount = 100
    #expect(throws: DocumentError.self) { try DocumentReader(limits: limits).read(path: path) }
  }

  @Test func pathsNeverBecomeOptions() throws {
    #expect(PDFReader.plainPath("-v") == "./-v")
    #expect(PDFReader.plainPath("http://host/a.pdf") == "./http://host/a.pdf")
    #expect(PDFReader.plainPath("/a b.pdf") == "/a b.pdf")
  }

  @Test func formFeedsSeparatePages() {
    var builder = PDFTextBuilder()
    builder.append(Array("one\n\n\u{C}\u{C}  two\u{1B}\r\n\u{C}tail".utf8))
    #expect(String(decoding: builder.bytes, as: UTF8.self) == "one\n\ntwo\n\ntail")
    #expect(builder.pages == [0..<3, 3..<3, 5..<8, 10..<14])
    #expect(builder.removedControlCount == 1)
  }
}
