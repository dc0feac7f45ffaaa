import RAG
import Testing

@testable import CLI

@Suite struct IngestProgressTests {
  /// Files per second say nothing about pictures.
  @Test func picturesHaveABarOfTheirOwn() {
    let progress = IngestProgress(isVerbose: false)
    progress.show(.planned(fileCount: 3, changedCount: 3))
    #expect(progress.bar?.unit == "files")
    progress.show(.waitingPictures(doneCount: 1, totalCount: 9))
    let bar = progress.bar
    #expect(bar?.unit == "pictures")
    progress.show(.waitingPictures(doneCount: 2, totalCount: 9))
    #expect(progress.bar === bar)
    progress.finish()
    #expect(progress.bar == nil)
  }
}
