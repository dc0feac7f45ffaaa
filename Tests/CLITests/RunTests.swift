import Foundation
import Testing

/// `swiftrag run` as a user types it: folders in, cited answers out.
@Suite struct RunTests {
  /// A runner with two small documents in `docs` in its home folder.
  private func runnerWithDocuments() throws -> CommandRunner {
    let runner = try CommandRunner()
    let folder = runner.home.appending(path: "docs")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(
      """
      # Ferry

      The ferry to Skellig leaves at 07:40 every morning from pier three.

      Bicycles travel free of charge.
      """.utf8
    ).write(to: folder.appending(path: "ferry.md"))
    try Data("The old mill was sold to Greta Holm in 1931 for 900 crowns.\n".utf8)
      .write(to: folder.appending(path: "mill.txt"))
    return runner
  }

  @Test func aQuestionIsAnsweredWithItsPlace() throws {
    let runner = try runnerWithDocuments()
    defer { runner.cleanUp() }
    let outcome = try runner.run("run", "--docs", "docs", "When does the ferry to Skellig leave?")
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.contains("leaves at 07:40"))
    #expect(outcome.output.contains("[1] docs/ferry.md, lines"))
    #expect(!outcome.output.contains("\u{1B}"))
    #expect(outcome.error.contains("2 added"))
  }

  @Test func jsonHasTheCitationAndTheHighlight() throws {
    struct Shape: Decodable {
      struct Passage: Decodable {
        struct Citation: Decodable {
          let path: String
          let firstLine: Int
          let sourceByteOffset: Int
          let sourceByteCount: Int
        }
        let citation: Citation
        let text: String
        let highlightByteOffset: Int
        let highlightByteCount: Int
      }
      let isAnswered: Bool
      let passages: [Passage]
    }
    let runner = try runnerWithDocuments()
    defer { runner.cleanUp() }
    let outcome = try runner.run("run", "--docs", "docs", "--json", "Who bought the old mill?")
    let answer = try JSONDecoder().decode(Shape.self, from: Data(outcome.output.utf8))
    #expect(answer.isAnswered)
    let passage = try #require(answer.passages.first)
    #expect(passage.citation.path.hasSuffix("docs/mill.txt"))
    #expect(passage.citation.firstLine == 1)
    // The byte range of the citation is that of the passage in the file.
    let file = try Data(contentsOf: URL(filePath: passage.citation.path))
    let start = passage.citation.sourceByteOffset
    let cut = file[start..<start + passage.citation.sourceByteCount]
    #expect(String(decoding: cut, as: UTF8.self) == passage.text)
    let sentence = Array(passage.text.utf8)[passage.highlightByteOffset...]
      .prefix(passage.highlightByteCount)
    #expect(String(decoding: sentence, as: UTF8.self).contains("Greta Holm"))
  }

  @Test func whatTheDocumentsDoNotSayIsRefused() throws {
    let runner = try runnerWithDocuments()
    defer { runner.cleanUp() }
    let outcome = try runner.run(
      "run", "--docs", "docs", "Which programming language has the fastest compiler?")
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix("Nothing in your files answers this."))
  }

  @Test func theQuestionMayComeFromStandardInput() throws {
    let runner = try runnerWithDocuments()
    defer { runner.cleanUp() }
    let outcome = try runner.run(
      "run", "--docs", "docs", "-", input: "May I take my bicycle on the ferry?\n")
    #expect(outcome.output.contains("Bicycles travel free"))
  }

  @Test func withoutDocumentsTheSampleLibraryAnswers() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let outcome = try runner.run("run", "How much does a family ticket for the museum cost?")
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.contains("22.00"))
    #expect(outcome.output.contains("SampleLibrary/museum-visiting-rules.html"))
    #expect(!outcome.error.contains("skipped"))
    // The sample library is not added to the person's own index.
    let own = try runner.run("search", "ticket")
    #expect(own.status == 66)
    #expect(own.error.contains("swiftrag add"))
  }

  @Test func addingAgainReadsOnlyWhatChanged() throws {
    let runner = try runnerWithDocuments()
    defer { runner.cleanUp() }
    let first = try runner.run("add", "docs")
    #expect(first.output.hasPrefix("2 added"))
    // Files that changed less than two seconds before indexing are hashed again.
    let second = try runner.run("add", "docs")
    #expect(second.output.hasPrefix("2 unchanged"))
    let folder = runner.home.appending(path: "docs")
    try FileManager.default.moveItem(
      at: folder.appending(path: "mill.txt"), to: folder.appending(path: "windmill.txt"))
    let renamed = try runner.run("add", "docs")
    #expect(renamed.output.contains("1 renamed"))
    #expect(!renamed.output.contains("chunks"), "a renamed file is not embedded again")
    try FileManager.default.removeItem(at: folder.appending(path: "windmill.txt"))
    let removed = try runner.run("add", "docs")
    #expect(removed.output.contains("1 removed"))
    let list = try runner.run("index", "ls")
    #expect(list.output.contains("ferry.md") && !list.output.contains("mill"))
    let verify = try runner.run("index", "verify")
    #expect(verify.status == 0 && verify.output.contains("the index is whole: 1 document,"))
  }

  @Test func anUnreadableFileIsNamedAndTheRestIndexed() throws {
    let runner = try runnerWithDocuments()
    defer { runner.cleanUp() }
    let folder = runner.home.appending(path: "docs")
    try Data("%PDF-1.4 not really".utf8).write(to: folder.appending(path: "broken.pdf"))
    let outcome = try runner.run("add", "docs")
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix("2 added, 1 skipped"))
    #expect(outcome.error.contains("skipped docs/broken.pdf: "))
  }

  @Test func mistakesAreNamedWithTheirExitCodes() throws {
    let runner = try runnerWithDocuments()
    defer { runner.cleanUp() }
    let missing = try runner.run("run", "--docs", "nowhere", "a question")
    #expect(missing.status == 66 && missing.error.contains("nowhere: no such file or folder"))
    let model = try runner.run("embed", "a text", "-m", "no-such-model")
    #expect(model.status == 69 && model.error.contains("swiftrag models ls"))
    let notAModel = try runner.run("embed", "a text", "-m", "docs/mill.txt")
    #expect(notAModel.status == 65 && notAModel.error.contains("mill.txt"))
    let threads = try runner.run("embed", "a text", "-t", "1000")
    #expect(threads.status == 64)
    let empty = try runner.run("search", "  ")
    #expect(empty.status == 64)
  }
}
