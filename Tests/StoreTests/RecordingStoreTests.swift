import Documents
import Foundation
import Testing

@testable import Store

/// Transcripts of recordings, finished or not, and the details of recordings.
@Suite struct RecordingStoreTests {
  let folder: TemporaryFolder
  let index: IndexStore

  init() throws {
    folder = try TemporaryFolder()
    index = try IndexStore.create(path: folder.file("index.db"), identity: smallIdentity)
  }

  private let transcript = StoredTranscript(
    language: "de", milliseconds: 61_000, doneMilliseconds: 29_980, isComplete: false,
    parts: [TranscriptPart(startMilliseconds: 0, endMilliseconds: 900, text: "Guten \"Tag\" 🎙")],
    continuation: "window 2")

  private func storeRecording(_ path: String, model: String = "m1") throws {
    try index.replaceDocuments([
      EmbeddedDocument(
        record: makeRecord(path, content: "talk", type: "recording"),
        chunks: makeChunks(["Guten Tag"]),
        vectors: [SpaceVectors(space: .text, firstOrdinal: 0, elements: vector(for: "Guten Tag"))],
        recording: RecordingDetails(language: "de", milliseconds: 61_000, model: model))
    ])
  }

  private var sha256: String { makeRecord("/x", content: "talk").sha256 }

  @Test func aTranscriptIsKeptByContentAndModel() throws {
    try index.keep(transcript, ofRecording: sha256, at: "/talk.mp3", by: "m1")
    #expect(try index.transcript(ofRecording: sha256, by: "m1") == transcript)
    #expect(try index.transcript(ofRecording: sha256, by: "m2") == nil)
    #expect(try index.transcript(ofRecording: "0", by: "m1") == nil)
    var complete = transcript
    complete.isComplete = true
    try index.keep(complete, ofRecording: sha256, at: "/talk.mp3", by: "m2")
    #expect(try index.transcript(ofRecording: sha256, by: "m2") == complete)
    // One a recording: that of the last model.
    #expect(try index.transcript(ofRecording: sha256, by: "m1") == nil)
  }

  @Test func aDamagedTranscriptIsMadeAgain() throws {
    try index.keep(transcript, ofRecording: sha256, at: "/talk.mp3", by: "m1")
    try index.executeForTesting("UPDATE transcript SET parts = '[{\"text\":'")
    #expect(try index.transcript(ofRecording: sha256, by: "m1") == nil)
  }

  @Test func aTranscriptOutlivesARebuildAndNotItsRecording() throws {
    try index.keep(transcript, ofRecording: sha256, at: "/talk.mp3", by: "m1")
    try storeRecording("/talk.mp3")
    try storeRecording("/copy.mp3")
    try index.rebuild(identity: smallIdentity)
    #expect(try index.recordingCount() == 0)
    #expect(try index.transcript(ofRecording: sha256, by: "m1") == transcript)
    try storeRecording("/talk.mp3")
    try storeRecording("/copy.mp3")
    try index.removeDocuments(paths: ["/talk.mp3"])
    #expect(try index.transcript(ofRecording: sha256, by: "m1") == transcript)
    try index.removeDocuments(paths: ["/copy.mp3"])
    #expect(try index.transcript(ofRecording: sha256, by: "m1") == nil)
    #expect(try index.verify().problems == [])
  }

  @Test func leftoversOfVanishedFilesAreRemoved() throws {
    for name in ["gone", "here"] {
      try index.keep(transcript, ofRecording: name, at: "/" + name, by: "m1")
    }
    try index.keep(transcript, ofRecording: sha256, at: "/gone", by: "m1")
    try storeRecording("/moved.mp3")
    try index.removeStaleTranscripts { $0 == "/here" }
    #expect(try index.transcript(ofRecording: "gone", by: "m1") == nil)
    #expect(try index.transcript(ofRecording: "here", by: "m1") == transcript)
    // The content is indexed under another path.
    #expect(try index.transcript(ofRecording: sha256, by: "m1") == transcript)
  }

  @Test func languageLengthAndModelAreStored() throws {
    try storeRecording("/talk.mp3")
    let details = RecordingDetails(language: "de", milliseconds: 61_000, model: "m1")
    #expect(try index.document(path: "/talk.mp3")?.recording == details)
    #expect(try index.documents().map(\.recording) == [details])
    #expect(try index.recordingCount(notBy: "m1") == 0)
    #expect(try index.recordingCount(notBy: "m2") == 1)
    let hash = try index.contentHash()
    try index.executeForTesting("UPDATE recording SET language = 'en'")
    #expect(try index.contentHash() != hash)
    try store(["text"], at: "/a.txt", in: index)
    #expect(try index.document(path: "/a.txt")?.recording == nil)
  }
}
