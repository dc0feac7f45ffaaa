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
    #expect(DocumentType.all.map(\.name) == ["text", "markdown", "html", "docx", "pdf", "picture"])
    #expect(DocumentType.all.filter { $0.modality != .text } == [.picture])
  }

  @Test func everyTypeIsFoundByNameAndExtension() {
    for type in DocumentType.all {
      #expect(DocumentType(name: type.name) == type)
      for fileExtension in type.fileExtensions {
        #expect(DocumentType(fileExtensionOf: "a/b.c.\(fileExtension)") == type)
        #expect(DocumentReader.supported("x.\(fileExtension.uppercased())"))
      }
    }
    #expect(DocumentType(name: "Markdown") == nil)
    #expect(DocumentType(fileExtensionOf: "a.psd") == nil)
  }

  @Test func helpTextsListTheTable() {
    #expect(DocumentType.displayNames == "TXT, MD, HTML, DOCX, PDF and pictures")
    #expect(DocumentType.names == "text, markdown, html, docx, pdf or picture")
    #expect(
      DocumentError.unsupported(path: "x", format: "a film").reason
        == "is a film; readable are TXT, MD, HTML, DOCX, PDF and pictures")
  }

  @Test func contentWithoutThePromisedSignatureIsReadAsText() {
    #expect(DocumentSniffer.sniff(Array("no header".utf8), path: "a.pdf") == .document(.text))
    #expect(DocumentSniffer.sniff(Array("no archive".utf8), path: "a.docx") == .document(.text))
    #expect(DocumentSniffer.sniff([], path: "a.md") == .document(.markdown))
  }
}
