import Foundation
import Testing

@testable import Documents

/// DOCX files as archives: intact, damaged and hostile ones.
struct DOCXArchiveTests {
  @Test func readsWholeFiles() throws {
    let report = try DocumentReader().read(path: DocumentFixture.path("report.docx"))
    #expect(
      report.text == """
        Report on the Weir

        Water levels

        The level rose by 12 cm in March & fell again in April.

        - Gauge A: 140 cm
        - Gauge B: 152 cm

        Repairs

        Date | Work
        3 May | New boards
        9 May

        Kept inserted after tab
        second line ¹

        ¹ Measured at the north gate.
        """)
    #expect(report.title == "Weir report 2025")
    #expect(report.headings.map(\.level) == [1, 1, 2])
    let german = try DocumentReader().read(path: DocumentFixture.path("german.docx"))
    #expect(german.headings == report.headings)
  }

  @Test func refusesBombsDeclarationsAndOtherArchives() throws {
    for name in ["bomb.docx", "laughs.docx", "outside.docx"] {
      do throws(DocumentError) {
        _ = try DocumentReader().read(path: DocumentFixture.path(name))
        Issue.record("\(name) was accepted")
      } catch {
        guard case .damaged(_, .docx, let reason) = error else {
          Issue.record("\(name): \(error)")
          continue
        }
        #expect(!reason.contains("root:"))
      }
    }
    let book = DocumentFixture.path("book.epub.zip")
    let reason = "'META-INF/container.xml' is missing"
    #expect(throws: DocumentError.damaged(path: book, type: .epub, reason: reason)) {
      try DocumentReader().read(path: book)
    }
    #expect(DOCXPackage.format(["notes.txt"]) == "a ZIP archive")
    #expect(DOCXPackage.mainPart(["word/document2.xml"]) == "word/document2.xml")
  }

  @Test func aPartLargerThanTheLimitIsRefused() throws {
    var limits = DocumentLimits()
    limits.maximumMarkupByteCount = 1_000
    let path = DocumentFixture.path("report.docx")
    #expect(throws: DocumentError.textTooLarge(path: path, limit: 1_000)) {
      try DocumentReader(limits: limits).read(path: path)
    }
  }

  /// A file truncated at any byte has no end record: always an error, once it has the signature.
  @Test func everyTruncationIsAnError() throws {
    let whole = try DocumentFixture.bytes("report.docx")
    try DocumentFixture.withFolder { folder in
      let path = "\(folder)/cut.docx"
      for end in stride(from: 4, to: whole.count, by: 7) {
        try DocumentFixture.write(Array(whole[..<end]), to: path)
        #expect(throws: DocumentError.self) { try DocumentReader().read(path: path) }
      }
    }
  }

  /// One byte changed: an error, or the same text.
  ///
  /// The checksum rules out any other outcome.
  @Test func changedBytesAreNoticed() throws {
    let whole = try DocumentFixture.bytes("report.docx")
    let text = try DocumentReader().read(path: DocumentFixture.path("report.docx")).text
    var random = SeededGenerator(seed: 7)
    var errorCount = 0
    try DocumentFixture.withFolder { folder in
      let path = "\(folder)/changed.docx"
      for _ in 0..<400 {
        var changed = whole
        let place = Int.random(in: 0..<changed.count, using: &random)
        changed[place] ^= UInt8.random(in: 1...255, using: &random)
        try DocumentFixture.write(changed, to: path)
        do throws(DocumentError) {
          let document = try DocumentReader().read(path: path)
          // A style or the title may be lost; a change in the signature makes it plain text.
          #expect(document.text.split(separator: "\n").first == text.split(separator: "\n").first)
        } catch {
          errorCount += 1
        }
      }
    }
    // A third of the file consists of parts that are not read, and of dates.
    #expect(errorCount > 200)
  }
}
