internal import Bytes
internal import Documents
internal import Foundation
internal import RAG
internal import SwiftRAG

/// Shows the progress and the result of an ingest on standard error.
final class IngestProgress {
  private(set) var bar: ProgressBar?
  /// The recording that is being transcribed, with a bar of its own.
  private var recording: (path: String, bar: ProgressBar)?
  private let isVerbose: Bool
  /// Without `--verbose`, skipped files and warnings after this many are counted instead of listed.
  private static let listedSkipCount = 10
  private var skippedCount = 0
  private var warningCount = 0

  init(isVerbose: Bool) {
    self.isVerbose = isVerbose
  }

  func show(_ event: IngestEvent) {
    switch event {
    case .planned(_, let changedCount):
      if changedCount > 0 { bar = ProgressBar("indexing", unit: "files", total: changedCount) }
    case .transcribing(let path, let done, let total):
      showRecording(path, done: done, total: total)
    case .progress(let done, let changed, let chunks):
      endRecording()
      bar?.update(done: done, total: changed, label: "indexing (\(counted(chunks, "chunk")))")
    case .waitingPictures(let done, let total):
      // Files and pictures have their own counts and rates.
      if bar?.unit != "pictures" {
        bar?.finish()
        bar = ProgressBar("embedding pictures", unit: "pictures", total: total)
      }
      bar?.update(done: done, total: total)
    case .skipped(let path, let reason):
      endRecording()
      skippedCount += 1
      if isVerbose || skippedCount <= Self.listedSkipCount {
        Terminal.note("skipped \(shownName(path)): \(droppingControls(reason))")
      }
    case .warning(let path, let message):
      warningCount += 1
      if isVerbose || warningCount <= Self.listedSkipCount {
        Terminal.note("\(shownName(path)): \(droppingControls(message))")
      }
    }
  }

  private func showRecording(_ path: String, done: Double, total: Double) {
    if recording?.path != path {
      endRecording()
      bar?.finish()
      let name = droppingControls(Paths.name(of: path))
      recording = (path, ProgressBar("transcribing \(name)", unit: "s", total: Int(total)))
    }
    recording?.bar.update(done: Int(done), total: Int(total.rounded(.up)))
  }

  private func endRecording() {
    recording?.bar.finish()
    recording = nil
  }

  func finish() {
    endRecording()
    bar?.finish()
    bar = nil
    if !isVerbose && skippedCount > Self.listedSkipCount {
      Terminal.note(
        "and \(skippedCount - Self.listedSkipCount) more skipped (--verbose lists them)")
    }
    if !isVerbose && warningCount > Self.listedSkipCount {
      Terminal.note(
        "and \(warningCount - Self.listedSkipCount) more warnings (--verbose lists them)")
    }
    (skippedCount, warningCount) = (0, 0)
  }

  /// The files of types that are not read, in one line by type, the most frequent first; nil where
  /// there are none.
  private static func passedOverLine(_ counts: [String: Int]) -> String? {
    guard !counts.isEmpty else { return nil }
    let total = counts.values.reduce(0, +)
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    var parts = sorted.prefix(Self.listedTypeCount).map { type, count in
      type.isEmpty ? "\(count) without extension" : "\(count) .\(shownName(type))"
    }
    let rest = sorted.dropFirst(Self.listedTypeCount).reduce(0) { $0 + $1.value }
    if rest > 0 { parts.append("\(rest) of other types") }
    return "not read: \(counted(total, "file")) of other types ("
      + parts.joined(separator: ", ") + ")"
      + (counts.keys.contains(where: DocumentReader.isReadByName(fileExtension:))
        ? "; source code and JSON are read where a path names the file" : "")
  }

  /// More types than this are one number.
  private static let listedTypeCount = 8

  /// Says what the summary does not: what was left out or not read, and what to do about it.
  static func showNotes(_ report: IngestReport, runtime: Runtime) {
    showLeftOut(report)
    if let line = passedOverLine(report.passedOver) { Terminal.note(line) }
    showMissingTools(report, runtime: runtime)
    showForeignLanguage(report, runtime: runtime)
  }

  /// Says which pictures wait for a model, and which pages and recordings were not read, and what to
  /// install.
  private static func showMissingTools(_ report: IngestReport, runtime: Runtime) {
    let waiting = report.waitingPictureCount
    if waiting > 0, (try? runtime.pictureEmbedderIfPresent()) == nil {
      Terminal.note(
        "\(waiting) picture\(waiting == 1 ? " waits" : "s wait") for a picture model and can be"
          + " found by captions only: \(PictureProblem.installHint), and run this again")
    }
    let unread = report.unreadPageCount
    if unread > 0, runtime.settings.ocr != .off, TextRecognizer() == nil {
      Terminal.note(
        "\(unread) page\(unread == 1 ? " has" : "s have") no text and cannot be read:"
          + " sudo apt-get install \(TextRecognizer.debianPackage), and run this again")
    }
    let unheard = report.skipped.count { $0.reason == IngestReport.noSpeechModelReason }
    if unheard > 0 {
      Terminal.note(
        "\(unheard) recording\(unheard == 1 ? " was" : "s were") not read, because no speech model"
          + " was found\n  try: \(Runtime.speechModelDownload), then run this again")
    }
    let other = report.otherModelRecordingCount
    if other > 0 {
      Terminal.note(
        "\(other) recording\(other == 1 ? " was" : "s were") transcribed with another speech model:"
          + " swiftrag index rebuild transcribes \(other == 1 ? "it" : "them") again")
    }
  }

  /// Warns when most of the text is in a language that the sentence encoder was not trained on.
  private static func showForeignLanguage(_ report: IngestReport, runtime: Runtime) {
    let (foreign, all) = (report.foreignChunkCount, report.embeddedChunkCount)
    guard 2 * foreign > all, let encoder = try? runtime.sentenceEncoder() else { return }
    Terminal.note(
      "\(foreign) of \(all) passages are in a language that \(encoder.modelName) hardly knows: they"
        + " are found by their words, and less well by their meaning\n  try: a multilingual encoder, "
        + MultilingualEncoder.hint)
  }

  /// Says how many words were left out on purpose.
  private static func showLeftOut(_ report: IngestReport) {
    let parts = LeftOutWords.Reason.allCases.compactMap { reason in
      report.leftOutWordCounts[reason.rawValue].map {
        "\(counted($0, "word")) of \(reason.rawValue)"
      }
    }
    guard !parts.isEmpty else { return }
    Terminal.note("left out on purpose: " + parts.joined(separator: ", "))
  }

  /// The result in one line, for example `12 files: 3 added, 9 unchanged (41 chunks, 0.8 s)`.
  static func summary(_ report: IngestReport) -> String {
    var parts: [String] = []
    for (count, word) in [
      (report.addedCount, "added"), (report.updatedCount, "updated"),
      (report.renamedCount, "renamed"), (report.removedCount, "removed"),
      (report.unchangedCount, "unchanged"), (report.skipped.count, "skipped"),
    ] where count > 0 {
      parts.append("\(count) \(word)")
    }
    if !report.skippedPictures.isEmpty {
      parts.append(counted(report.skippedPictures.count, "picture") + " skipped")
    }
    let counts = parts.isEmpty ? "no readable files" : parts.joined(separator: ", ")
    var work: [String] = []
    if report.embeddedChunkCount > 0 { work.append(counted(report.embeddedChunkCount, "chunk")) }
    if report.embeddedPictureCount > 0 {
      work.append(counted(report.embeddedPictureCount, "picture"))
    }
    if report.transcribedSeconds > 0 {
      work.append("\(durationText(report.transcribedSeconds)) of sound")
    }
    work.append(String(format: work.isEmpty ? "%.2f s" : "%.1f s", report.seconds))
    return counts + " (" + work.joined(separator: ", ") + ")"
      + (report.wasInterrupted ? ", interrupted" : "")
  }
}

/// A number with a word in the right number, as in `1 chunk` and `2 chunks`.
func counted(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }

/// A length of time in words, as in `45 s`, `12 min 5 s` or `2 h 10 min`.
func durationText(_ seconds: Double) -> String {
  let all = Int(min(max(0, seconds), 1e9).rounded())
  let (hours, minutes) = (all / 3_600, all / 60 % 60)
  if hours > 0 { return "\(hours) h \(minutes) min" }
  return minutes > 0 ? "\(minutes) min \(all % 60) s" : "\(all) s"
}
