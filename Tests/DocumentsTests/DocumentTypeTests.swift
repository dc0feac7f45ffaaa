import Testing

@testable import Documents

/// The table of document types, from which finder, sniffer, readers and help texts derive.
@Suite struct DocumentTypeTests {
  @Test func namesAndExtensionsAreUnique() {
    let names = DocumentType.all.map(\.name)
    let extensions = DocumentType.all.flatMap(\.fileExtensions)
    #expect(Set(names).count == names.count)
    #expect(Set(extensions).count == extensions.count)
    for fileExtension in extensions { #expect(fileExtension == fileExtension.lowercased()) }
  }

  /// Names are stored in indexes, so a renamed type would not match indexed documents.
  @Test func namesAreStable() {
    #expect(
      DocumentType.all.map(\.name) == [
        "text", "markdown", "html", "docx", "pdf", "picture", "recording", "rst", "csv", "xlsx",
        "pptx", "odt", "ods", "odp", "rtf", "epub", "eml", "mbox", "json", "jsonl", "notebook",
        "subtitles", "code", "doc", "xls", "ppt",
      ])
    #expect(DocumentType.all.filter { $0.modality != .text } == [.picture, .recording])
  }

  @Test func everyTypeIsFoundByNameAndExtension() {
    for type in DocumentType.all {
      #expect(DocumentType(name: type.name) == type)
      for fileExtension in type.fileExtensions {
        #expect(DocumentType(fileExtensionOf: "a/b.c.\(fileExtension)") == type)
        // Folders pass over source code and JSON, which are read by their path.
        let isTaken = ![DocumentType.sourceCode, .json, .jsonLines].contains(type)
        #expect(DocumentReader.supported("x.\(fileExtension.uppercased())") == isTaken)
        #expect(DocumentReader.isReadByName(fileExtension: fileExtension) != isTaken)
      }
    }
    #expect(DocumentType(name: "Markdown") == nil)
    #expect(DocumentType(fileExtensionOf: "a.psd") == nil)
  }

  @Test func helpTextsListTheTable() {
    let names =
      "TXT, MD, HTML, DOCX, PDF, pictures, recordings, RST, CSV, XLSX, PPTX, ODT, ODS, ODP, RTF, EPUB, EML,"
      + " MBOX, JSON, JSONL, IPYNB, SRT, VTT, source code, DOC, XLS and PPT"
    #expect(DocumentType.displayNames == names)
    #expect(
      DocumentError.unsupported(path: "x", format: "a hologram").reason
        == "is a hologram; readable are \(names)")
  }

  @Test func recordingsAreRecognisedByTheirContent() {
    func sniff(_ bytes: [UInt8], _ path: String = "x") -> DocumentSniffer.Finding {
      DocumentSniffer.sniff(bytes + [UInt8](repeating: 0, count: 32), path: path)
    }
    func film(_ brand: String) -> [UInt8] { [0, 0, 0, 32] + Array(brand.utf8) }
    let wave: [UInt8] = Array("RIFF".utf8) + [0, 0, 0, 32] + Array("WAVEfmt ".utf8)
    let tagged: [UInt8] = Array("ID3".utf8) + [4, 0, 0]
    let beginnings: [[UInt8]] = [
      wave, Array("OggS".utf8), Array("fLaC".utf8), tagged, [0xFF, 0xFB, 0x90, 0x64],
      [0x1A, 0x45, 0xDF, 0xA3], film("ftypM4A "), film("ftypqt  "),
    ]
    for bytes in beginnings {
      #expect(sniff(bytes, "notes.txt") == .document(.recording))
    }
    // Pictures in the container of films, and a text that begins like a tag.
    #expect(sniff(film("ftypheic")) != .document(.recording))
    #expect(sniff(film("ftypavif")) != .document(.recording))
    #expect(sniff(Array("ID3 tags, explained".utf8), "id3.txt") == .document(.text))
    // A name that promises sound is an error that says so, not a text of odd characters.
    #expect(sniff(Array("no sound".utf8), "a.mp3") == .document(.recording))
    #expect(throws: DocumentError.needsTranscription(path: "a.mp3")) {
      try DocumentReader().read(contents: Array("no sound".utf8), path: "a.mp3")
    }
  }

  @Test func contentWithoutThePromisedSignatureIsReadAsText() {
    #expect(DocumentSniffer.sniff(Array("no header".utf8), path: "a.pdf") == .document(.text))
    #expect(DocumentSniffer.sniff(Array("no archive".utf8), path: "a.docx") == .document(.text))
    #expect(DocumentSniffer.sniff(Array("no archive".utf8), path: "a.xlsx") == .document(.text))
    #expect(DocumentSniffer.sniff([], path: "a.md") == .document(.markdown))
  }

  /// The content decides, whatever the name is.
  @Test(arguments: [
    ("ferry.xlsx", "xlsx"), ("harbour.pptx", "pptx"), ("garden.odt", "odt"), ("stock.ods", "ods"),
    ("talk.odp", "odp"), ("voyage.epub", "epub"), ("lease.rtf", "rtf"), ("letters.mbox", "mbox"),
    ("report.docx", "docx"),
  ])
  func contentIsRecognised(file: String, type: String) throws {
    let bytes = try DocumentFixture.bytes(file)
    let expected = try #require(DocumentType(name: type))
    for name in ["a", "a.txt", "a.docx", "a.zip"] {
      #expect(DocumentSniffer.sniff(bytes, path: name) == .document(expected))
    }
  }
}
