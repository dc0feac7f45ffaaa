import Bytes
import Foundation
import Testing

/// Pictures through the program: indexed, found, cited, and read where tesseract is installed.
@Suite(.enabled(if: PictureAlbum.hasPoppler, "poppler-utils is not installed"))
struct PictureTests {
  @Test func picturesWaitUntilThereIsAModel() throws {
    let album = try PictureAlbum()
    defer { album.cleanUp() }
    let first = try album.run("add", "docs")
    #expect(first.status == 0 && first.output.hasPrefix("5 added"), "\(first.error)")
    // Two files, one in the page, two in the DOCX, and two scanned pages; the third is empty.
    #expect(
      first.error.contains(
        "7 pictures wait for a picture model and can be found by captions only: swiftrag models"))
    #expect(first.error.contains("354 MB, MIT licence"))
    #expect(
      first.error.contains(
        "2 pages have no text and cannot be read: sudo apt-get install tesseract-ocr"))
    let caption = try PassageShape.list(try album.run("search", "red square", "-k", "1", "--json"))
    #expect(caption.first?.citation.picture?.origin == "part:word/media/image1.png")

    let second = try album.run("add", "docs", clip: PictureAlbum.randomCLIP)
    #expect(second.output.hasPrefix("5 unchanged (7 pictures, "), "\(second.output)\(second.error)")
    #expect(!second.error.contains("wait"))
    let third = try album.run("add", "docs", clip: PictureAlbum.randomCLIP)
    #expect(!third.output.contains("pictures"))
    #expect(try album.run("index", "verify").status == 0)
  }

  @Test func aPictureFindsItselfAndTheTextBesideIt() throws {
    let album = try PictureAlbum()
    defer { album.cleanUp() }
    _ = try album.run("add", "docs", clip: PictureAlbum.randomCLIP)
    let outcome = try album.run(
      "search", "--image", "docs/flag.png", "-k", "3", "--json", clip: PictureAlbum.randomCLIP)
    #expect(outcome.status == 0, "\(outcome.error)")
    let found = try PassageShape.list(outcome)
    #expect(found.map(\.citation.kind) == ["picture", "text", "picture"])
    #expect(found[0].fileName == "flags.md" && found[0].text == "the flag of the club")
    #expect(found[0].pictureCosine.map { abs($0 - 1) < 1e-5 } == true)
    #expect(found[1].text.contains("The club flies a flag at noon."))
    #expect(found[2].pictureCosine ?? 1 < 1)

    let shown = try album.run(
      "search", "--image", "docs/flag.png", "-k", "1", clip: PictureAlbum.randomCLIP)
    #expect(shown.output.contains("[1] docs/flags.md, line 5, flag.png"))
    #expect(shown.output.contains("also in docs/flag.png, picture of "))
    #expect(shown.output.contains("picture docs/flag.png"))
    // No control sequences in a file.
    #expect(!shown.output.contains("\u{1B}"))
  }

  @Test func mistakesAreNamed() throws {
    let album = try PictureAlbum()
    defer { album.cleanUp() }
    _ = try album.run("add", "docs", "--ocr", "off")
    let noModel = try album.run("search", "--image", "docs/flag.png")
    #expect(noModel.status == 69 && noModel.error.contains("models/clip"))
    let both = try album.run("search", "words", "--image", "docs/flag.png")
    #expect(both.status == 64 && both.error.contains("--image"))
    #expect(try album.run("search").status == 64)
    let missing = try album.run("search", "--image", "nowhere.png", clip: PictureAlbum.randomCLIP)
    #expect(missing.status == 66)
    let text = try album.run("search", "--image", "docs/flags.md", clip: PictureAlbum.randomCLIP)
    #expect(text.status == 65 && text.error.contains("not a JPEG, PNG"), "\(text.error)")
    let ocr = try album.run("add", "docs", "--ocr", "on")
    #expect(ocr.status == 69 && ocr.error.contains("sudo apt-get install tesseract-ocr"))
    let value = try album.run("add", "docs", "--ocr", "sometimes")
    #expect(value.status == 64 && value.error.contains("--ocr must be auto, off or on"))
  }

  @Test func aRebuildThatNeedsAMissingProgramKeepsTheIndex() throws {
    let album = try PictureAlbum()
    defer { album.cleanUp() }
    _ = try album.run("add", "docs", "--ocr", "off")
    let before = try album.run("index", "ls").output
    let rebuild = try album.run("index", "rebuild", "--ocr", "on")
    #expect(rebuild.status == 69 && rebuild.error.contains("sudo apt-get install tesseract-ocr"))
    #expect(try album.run("index", "ls").output == before && before.contains("flags.md"))
  }

  @Test func wordsInPicturesBecomePassagesWithPageAndRegion() throws {
    let album = try PictureAlbum()
    defer { album.cleanUp() }
    let without = try album.run("add", "docs", "--ocr", "off")
    #expect(!without.error.contains("tesseract"))
    try album.installFakeTesseract()
    // Only documents with unread pictures are read again.
    let report = try album.run("add", "docs")
    #expect(report.output.hasPrefix("5 updated"), "\(report.output) \(report.error)")
    let found = try PassageShape.list(
      try album.run("search", "walrus crossing", "--type", "pdf", "--json"))
    let words = try #require(found.first { $0.citation.kind == "text" })
    #expect(words.text == "Walrus crossing" && words.citation.page == 1)
    #expect(words.citation.picture?.origin == "page:1")
    let region = try #require(words.citation.picture?.region)
    let numbers: [Int] = [region.x, region.y, region.width, region.height]
    #expect(numbers == [10, 20, 140, 13])
    let photo = try album.run("search", "walrus crossing", "--type", "picture")
    #expect(photo.output.contains("words in the picture"))
    let again = try album.run("add", "docs")
    #expect(again.output.hasPrefix("5 unchanged"), "\(again.output)")
    #expect(try album.run("index", "verify").status == 0)
  }

  @Test(arguments: ["exit 3", "kill -9 $$", "echo rubbish", "printf '%01000000d' 0"])
  func aReaderThatFailsCostsNothingElse(behaviour: String) throws {
    let album = try PictureAlbum()
    defer { album.cleanUp() }
    try album.installFakeTesseract(behaviour)
    let outcome = try album.run("add", "docs")
    #expect(outcome.status == 0 && outcome.output.hasPrefix("5 added"), "\(outcome.error)")
    #expect(try album.run("add", "docs").output.hasPrefix("5 unchanged"))
  }

  @Test(.enabled(if: ChildProcess.find("tesseract") != nil, "tesseract is not installed"))
  func scannedPagesAreReadByTesseract() throws {
    let album = try PictureAlbum()
    defer { album.cleanUp() }
    let outcome = try album.runner.run(
      "run", "--docs", "docs/minutes.pdf", "Who is the harbour master?")
    #expect(outcome.output.hasPrefix("The harbour master is Ingrid Solberg. [1]"))
    #expect(outcome.output.contains("[1] minutes.pdf, page 1") || outcome.output.contains("page 1"))
    let second = try album.runner.run(
      "run", "--docs", "docs/minutes.pdf", "Where do the life jackets hang?")
    #expect(second.output.contains("page 2"))
  }
}
