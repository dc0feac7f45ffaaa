import Foundation
import Testing

@testable import Documents

struct DocumentFinderTests {
  @Test func findsDocumentsInOrder() throws {
    try DocumentFixture.withFolder { folder in
      let manager = FileManager.default
      for name in ["b/sub", ".git", "b/.hidden"] {
        try manager.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
      }
      let files = [
        "z.txt", "a.MD", "b/two.html", "b/sub/three.pdf", "b/picture.png", ".git/config.txt",
        "b/.hidden/x.md", ".note.md", "noending", "b/ten.docx",
      ]
      for name in files { try DocumentFixture.write([65], to: "\(folder)/\(name)") }
      // A cycle, a second link to the same folder, and a dangling link.
      try manager.createSymbolicLink(atPath: "\(folder)/b/loop", withDestinationPath: folder)
      try manager.createSymbolicLink(atPath: "\(folder)/c", withDestinationPath: "b/sub")
      try manager.createSymbolicLink(atPath: "\(folder)/gone.md", withDestinationPath: "nowhere")
      let found = DocumentFinder().find([folder])
      let names = found.files.map { String($0.dropFirst(folder.count + 1)) }
      #expect(
        names == [
          "a.MD", "b/picture.png", "b/sub/three.pdf", "b/ten.docx", "b/two.html", "z.txt",
        ])
      #expect(found.problems.isEmpty)
    }
  }

  @Test func givenPathsAreTakenOrReported() throws {
    try DocumentFixture.withFolder { folder in
      let picture = "\(folder)/picture.png"
      let pipe = "\(folder)/pipe.txt"
      try DocumentFixture.write([0x89, 0x50, 0x4E, 0x47], to: picture)
      #expect(mkfifo(pipe, 0o600) == 0)
      let found = DocumentFinder().find([picture, "\(folder)/none.txt", pipe, picture])
      #expect(found.files == [picture])
      #expect(
        found.problems == [
          .cannotOpen(path: "\(folder)/none.txt", reason: "No such file or directory"),
          .notARegularFile(path: pipe, kind: "a named pipe"),
        ])
      #expect(throws: DocumentError.unsupported(path: picture, format: "a damaged PNG picture")) {
        try DocumentReader().read(path: picture)
      }
      // Reading a pipe must not wait for a writer.
      #expect(throws: DocumentError.notARegularFile(path: pipe, kind: "a named pipe")) {
        try DocumentReader().read(path: pipe)
      }
      #expect(throws: DocumentError.notARegularFile(path: folder, kind: "a folder")) {
        try DocumentReader().read(path: folder)
      }
    }
  }

  @Test func endingsAreHintsInAnyCase() {
    #expect(DocumentReader.supported("a/b.PDF") && DocumentReader.supported("x.Htm"))
    #expect(!DocumentReader.supported("a.pdf/b") && !DocumentReader.supported(".md"))
    #expect(!DocumentReader.supported("txt") && !DocumentReader.supported(""))
  }

  @Test func contentDecidesBeforeTheEnding() {
    func type(_ text: String, _ path: String) -> DocumentSniffer.Finding {
      DocumentSniffer.sniff(Array(text.utf8), path: path)
    }
    #expect(type("%PDF-1.4", "a.txt") == .document(.pdf))
    #expect(type("\u{FEFF}\n<!-- c --> <!DOCTYPE HTML>", "a.txt") == .document(.html))
    #expect(type("<?xml version='1.0'?><html>", "a.txt") == .document(.html))
    #expect(type("<p align=center>x", "a.md") == .document(.markdown))
    #expect(type("<html>", "a.md") == .document(.html))
    #expect(type("plain", "a.html") == .document(.html))
    #expect(type("plain", "a.bin") == .document(.text))
    #expect(type("# heading", "a.markdown") == .document(.markdown))
    #expect(type("PK\u{3}\u{4}", "a.txt") == .document(.docx))
    #expect(type("GIF89a", "a.txt") == .document(.picture))
    #expect(type("GIF8", "a.gif") == .unsupported("a damaged GIF picture"))
    #expect(type("8BPS", "a.psd") == .unsupported("a Photoshop picture; save it as PNG"))
    #expect(type("no picture", "a.jpeg") == .document(.picture))
  }
}
