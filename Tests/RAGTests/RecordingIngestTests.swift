import Documents
import Foundation
import RAG
import Store
import Synchronization
import Testing

/// Recordings in, passages with times out: interrupted, repeated, damaged, and without a model.
@Suite struct RecordingIngestTests {
  let folder: PictureFolder

  init() throws {
    folder = try PictureFolder()
  }

  private func write(_ lines: [String], _ name: String) throws {
    try folder.write(FakeRecognizer.file(lines), name)
  }

  private func add(
    to store: IndexStore, _ recognizer: FakeRecognizer?, report: (IngestEvent) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> IngestReport {
    try Ingestor(store: store, encoder: folder.encoder, speech: SpeechModel(recognizer))
      .add(
        paths: [folder.folder.appending(path: "docs").path], report: report, shouldStop: shouldStop)
  }

  private func chunks(_ store: IndexStore, _ name: String) throws -> [Chunk] {
    let document = try store.documents().first { $0.path.hasSuffix("/" + name) }
    return try store.chunks(ofDocument: try #require(document).id)
  }

  @Test func aRecordingBecomesPassagesWithTimes() throws {
    defer { folder.cleanUp() }
    try write(["The ferry leaves at seven.", "", "Bring a coat."], "notice.wav")
    try folder.write("The museum opens at nine.", "a.txt")
    let store = try folder.store()
    let progress = Mutex<[Double]>([])
    let report = try add(to: store, FakeRecognizer()) { event in
      if case .transcribing(let path, let done, 30) = event, path.hasSuffix("notice.wav") {
        progress.withLock { $0.append(done) }
      }
    }
    #expect(report.addedCount == 2 && report.skipped.isEmpty && report.transcribedSeconds == 30)
    #expect(progress.withLock { $0 } == [10, 20, 30])
    let chunk = try #require(try chunks(store, "notice.wav").first)
    #expect(chunk.text == "The ferry leaves at seven.\n\nBring a coat.")
    #expect(chunk.modality == .sound && chunk.millisecondRange == 500..<29_500)
    let found = try #require(
      try folder.retriever(store).retrieve("When does the ferry leave?", mode: .keyword, limit: 1)
        .passages.first)
    #expect(found.citation.place == "00:00:00-00:00:30" && found.citation.type == "recording")
    #expect(found.citation.startSeconds == 0.5 && found.citation.endSeconds == 29.5)
    let details = try store.documents().first { $0.path.hasSuffix("notice.wav") }?.recording
    #expect(details?.language == "en" && details?.milliseconds == 30_000)
    #expect(try store.verify().problems == [])
    let again = FakeRecognizer()
    #expect(try add(to: store, again).changedNothing)
    #expect(again.windowCount.withLock { $0 } == 0)
  }

  /// The encoder of the tests makes a token of every single letter.
  @Test func aRecordingInAForeignScriptIsCounted() throws {
    defer { folder.cleanUp() }
    try write(["А б в г д е ж з и к."], "letters.wav")
    try write(["The ferry leaves at seven."], "notice.wav")
    let report = try add(to: folder.store(), FakeRecognizer())
    #expect(report.embeddedChunkCount == 2 && report.foreignChunkCount == 1)
  }

  @Test func anAnswerCitesTheTimeOfItsSentence() throws {
    defer { folder.cleanUp() }
    try write(["The ferry leaves at seven.", "The museum opens at nine.", "Bye."], "notice.wav")
    let store = try folder.store()
    _ = try add(to: store, FakeRecognizer())
    let pipeline = AnswerPipeline(
      retriever: folder.retriever(store), backend: ExtractiveBackend(encoder: folder.encoder))
    let answer = try pipeline.answer(
      pipeline.request(for: "The museum opens at?", mode: .hybrid, limit: 1))
    let passage = try #require(answer.passages.first)
    #expect(answer.text == "The museum opens at nine. [1]")
    #expect(passage.highlightStartSeconds == 10.5 && passage.highlightEndSeconds == 19.5)
    #expect(passage.place == "00:00:10-00:00:20")
    #expect(passage.citation.place == "00:00:00-00:00:30")
  }

  @Test func anInterruptedRecordingContinuesWhereItWas() throws {
    defer { folder.cleanUp() }
    try write(["One.", "Two.", "Three.", "Four."], "b-long.wav")
    try write(["Before."], "a-short.wav")
    let store = try folder.store()
    let isRequested = Mutex(false)
    // The interruption arrives within the third window of the second recording.
    let first = FakeRecognizer { count in if count == 3 { isRequested.withLock { $0 = true } } }
    let stopped = try add(to: store, first) { _ in
    } shouldStop: {
      isRequested.withLock { $0 }
    }
    #expect(stopped.wasInterrupted && stopped.addedCount == 1)
    #expect(
      try store.documents().map { URL(filePath: $0.path).lastPathComponent } == ["a-short.wav"])
    let second = FakeRecognizer()
    let report = try add(to: store, second)
    #expect(second.windowCount.withLock { $0 } == 2 && report.transcribedSeconds == 20)
    #expect(report.addedCount == 1 && report.unchangedCount == 1 && !report.wasInterrupted)
    #expect(try chunks(store, "b-long.wav").map(\.text) == ["One. Two. Three. Four."])

    // The same index as without the interruption.
    let other = try folder.store("other.sqlite")
    _ = try add(to: other, FakeRecognizer())
    #expect(try other.contentHash() == store.contentHash())
  }

  @Test func copiesRebuildsAndTouchedFilesAreNotTranscribedAgain() throws {
    defer { folder.cleanUp() }
    try write(["One.", "Two."], "a.wav")
    try write(["One.", "Two."], "copy.mp3")
    let store = try folder.store()
    let recognizer = FakeRecognizer()
    #expect(try add(to: store, recognizer).addedCount == 2)
    #expect(recognizer.windowCount.withLock { $0 } == 2)
    let hash = try store.contentHash()
    try store.rebuild(identity: Ingestor.identity(for: folder.encoder))
    let rebuilt = try add(to: store, recognizer)
    #expect(rebuilt.addedCount == 2 && rebuilt.transcribedSeconds == 0)
    #expect(try store.contentHash() == hash)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: folder.path("a.wav"))
    try FileManager.default.moveItem(
      atPath: folder.path("copy.mp3"), toPath: folder.path("moved.mp3"))
    let moved = try add(to: store, recognizer)
    #expect(moved.unchangedCount == 1 && moved.addedCount + moved.renamedCount == 1)
    #expect(recognizer.windowCount.withLock { $0 } == 2)
    #expect(try store.verify().problems == [])
  }

  @Test func anotherModelIsUsedByARebuildOnly() throws {
    defer { folder.cleanUp() }
    try write(["One."], "a.wav")
    let store = try folder.store()
    #expect(try add(to: store, FakeRecognizer()).otherModelRecordingCount == 0)
    let other = FakeRecognizer(identity: "fake-2")
    let report = try add(to: store, other)
    #expect(report.changedNothing && report.otherModelRecordingCount == 1)
    #expect(other.windowCount.withLock { $0 } == 0)
    try store.rebuild(identity: Ingestor.identity(for: folder.encoder))
    #expect(try add(to: store, other).otherModelRecordingCount == 0)
    #expect(other.windowCount.withLock { $0 } == 1)
  }

  @Test func withoutAModelARecordingIsReportedAndReadLater() throws {
    defer { folder.cleanUp() }
    try write(["One."], "a.wav")
    let store = try folder.store()
    let report = try add(to: store, nil)
    #expect(report.skipped.map(\.reason) == [IngestReport.noSpeechModelReason])
    #expect(try store.documents().first?.skipReason == IngestReport.noSpeechModelReason)
    #expect(try add(to: store, FakeRecognizer()).addedCount == 1)
  }

  @Test func aDamagedRecordingCostsOneEntry() throws {
    defer { folder.cleanUp() }
    try write(["damaged"], "a.wav")
    try write(["Good."], "b.wav")
    let store = try folder.store()
    let report = try add(to: store, FakeRecognizer())
    #expect(report.addedCount == 1)
    #expect(
      report.skipped.map(\.reason) == ["the WAV file is damaged: its header is cut short"])
  }

  @Test func aRecordingWithoutSpeechIsTranscribedOnce() throws {
    defer { folder.cleanUp() }
    try write(["", ""], "rain.wav")
    let store = try folder.store()
    let recognizer = FakeRecognizer()
    for _ in 0..<2 {
      #expect(try add(to: store, recognizer).skipped.map(\.reason) == ["nobody speaks in it"])
    }
    #expect(recognizer.windowCount.withLock { $0 } == 2)
  }

  @Test func aRecordingThatChangesMeanwhileIsNotMixed() throws {
    defer { folder.cleanUp() }
    try write(["One.", "Two."], "a.wav")
    let store = try folder.store()
    let album = folder
    let recognizer = FakeRecognizer { count in
      if count == 1 { try? album.write(FakeRecognizer.file(["Other words."]), "a.wav") }
    }
    let report = try add(to: store, recognizer)
    #expect(report.skipped.map(\.reason) == ["it changed while it was transcribed; add it again"])
    #expect(try add(to: store, FakeRecognizer()).addedCount == 1)
    #expect(try chunks(store, "a.wav").map(\.text) == ["Other words."])
  }
}
