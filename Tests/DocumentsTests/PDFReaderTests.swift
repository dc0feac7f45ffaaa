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

  @Test func aFileOfOneKilobyteGetsLittleTime() {
    let limits = DocumentLimits()
    #expect(limits.toolSeconds(forByteCount: 1_000) == 15)
    #expect(limits.toolSeconds(forByteCount: 20 << 20) == 55)
    #expect(limits.toolSeconds(forByteCount: 512 << 20) == 120)
  }

  @Test func aTextAboutTheFormatIsNoPDF() throws {
    func type(_ text: String, _ name: String) -> DocumentSniffer.Finding {
      DocumentSniffer.sniff(Array(text.utf8), path: name)
    }
    #expect(type("A PDF starts with %PDF-1.7.", "notes.txt") == .document(.text))
    #expect(type("%PDF-1.7 is how a PDF starts.", "notes.md") == .document(.markdown))
    #expect(type("%PDF-1.4\n1 0 obj\n<< >>\nendobj\n", "a.txt") == .document(.pdf))
    #expect(type("junk\n%PDF-1.4\n1 0 obj\n", "a") == .document(.pdf))
    let binary = Array("%PDF-1.4\n".utf8) + [0x25, 0xE2, 0xE3, 0xCF, 0xD3, 0x0A]
    #expect(DocumentSniffer.sniff(binary, path: "a") == .document(.pdf))
  }
}
