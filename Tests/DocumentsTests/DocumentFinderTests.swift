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
    #expect(type("%PDF-1.4\n1 0 obj", "a.txt") == .document(.pdf))
    #expect(type("%PDF-1.4", "a.pdf") == .document(.pdf))
    #expect(type("\u{FEFF}\n<!-- c --> <!DOCTYPE HTML>", "a.txt") == .document(.html))
    #expect(type("<?xml version='1.0'?><html>", "a.txt") == .document(.html))
    #expect(type("<p align=center>x", "a.md") == .document(.markdown))
    #expect(type("<html>", "a.md") == .document(.html))
    #expect(type("plain", "a.html") == .document(.html))
    #expect(type("plain", "a.bin") == .document(.text))
    #expect(type("# heading", "a.markdown") == .document(.markdown))
    #expect(type("PK\u{3}\u{4}", "a.txt") == .document(.docx))
    #expect(type("GIF89a\u{0}", "a.txt") == .document(.picture))
    #expect(type("GIF8", "a.gif") == .unsupported("a damaged GIF picture"))
    #expect(type("8BPS\u{0}\u{1}", "a.psd") == .unsupported("a Photoshop picture; save it as PNG"))
    #expect(type("no picture", "a.jpeg") == .document(.picture))
  }

  /// Marks of binary formats that are words, at the beginning of a text.
  @Test(arguments: [
    "GGUF is a file format.", "ID3 tags hold the title.", "RIFF....WAVE is a WAV file.",
    "OggS begins a page.", "fLaC is a mark.", "BZh9 is bzip2.", "GIF89a was a format of 1989.",
    "abcdftypisom", "SQLite format 3 is a database.", "BMW repair notes", "8BPS is Photoshop.",
    "{\\rtf1 begins Rich Text.", "%PDF-1.7 begins a PDF.", "PK is a nickname.",
    "7z archives, MZ programs, II* and MM* pictures",
  ])
  func marksOfFormatsInTexts(text: String) {
    let filled = text + String(repeating: " More words.", count: 20)
    #expect(DocumentSniffer.sniff(Array(filled.utf8), path: "a.txt") == .document(.text))
    #expect(DocumentSniffer.sniff(Array(filled.utf8), path: "a.md") == .document(.markdown))
    #expect(DocumentSniffer.sniff(Array(text.utf8), path: "notes") == .document(.text))
  }

  @Test(arguments: ["GGUF", "ID3", "OggS", "fLaC", "BZh9"])
  func marksOfFormatsInBinaryFiles(mark: String) {
    let bytes = Array(mark.utf8) + [3, 0, 0, 0, 0xFF, 0xFE]
    switch DocumentSniffer.sniff(bytes, path: "a.txt") {
    case .unsupported, .document(.recording): break
    case .document(let type): Issue.record("\(mark) is read as \(type)")
    }
  }

  /// Linux keeps names as bytes: two forms of one letter are two files.
  @Test func namesInTwoNormalForms() throws {
    try DocumentFixture.withFolder { folder in
      let names = ["U\u{308}bersicht.txt", "\u{DC}bersicht.txt"]
      for name in names { try DocumentFixture.write([65], to: "\(folder)/\(name)") }
      let found = DocumentFinder().find([folder] + names.map { "\(folder)/\($0)" })
      #expect(found.files.count == 2)
      #expect(Set(found.files.map { Array($0.utf8) }).count == 2)
    }
  }

  @Test func ownerFilesAndOtherTypes() throws {
    try DocumentFixture.withFolder { folder in
      let owner = "\(folder)/~$report.docx"
      try DocumentFixture.write([5] + Array("Marit".utf8) + [0, 77, 0], to: owner)
      let large = [UInt8](repeating: 65, count: 2_000)
      try DocumentFixture.write(large, to: "\(folder)/~$notes.txt")
      for name in ["a.log", "b.LOG", "c.zip", "Makefile", "d.", ".hidden.log"] {
        try DocumentFixture.write([65], to: "\(folder)/\(name)")
      }
      let found = DocumentFinder().find([folder])
      #expect(found.files == ["\(folder)/~$notes.txt"])
      #expect(found.passedOver == ["log": 2, "zip": 1, "": 2])
      #expect(found.problems.isEmpty)
      #expect(throws: DocumentError.self) { try DocumentReader().read(path: owner) }
    }
  }

  @Test(.enabled(if: geteuid() != 0, "root may list every folder"))
  func foldersThatCannotBeListedAreProblems() throws {
    try DocumentFixture.withFolder { folder in
      try FileManager.default.createDirectory(
        atPath: "\(folder)/b", withIntermediateDirectories: true)
      try DocumentFixture.write([65], to: "\(folder)/b/a.txt")
      chmod("\(folder)/b", 0)
      defer { chmod("\(folder)/b", 0o700) }
      let found = DocumentFinder().find([folder])
      #expect(found.files.isEmpty && found.problems.map(\.path) == ["\(folder)/b"])
      // It can be listed, but its files cannot be looked at.
      chmod("\(folder)/b", 0o400)
      #expect(DocumentFinder().find([folder]).problems.map(\.path) == ["\(folder)/b/a.txt"])
    }
  }
}
