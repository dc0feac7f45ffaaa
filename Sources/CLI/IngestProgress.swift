internal import Documents
internal import Foundation
internal import RAG
internal import SwiftRAG

/// Shows the progress and the result of an ingest on standard error.
final class IngestProgress {
  private(set) var bar: ProgressBar?
  private let isVerbose: Bool
  /// Without `--verbose`, skipped files after this many are counted instead of listed.
  private static let listedSkipCount = 10
  private var skippedCount = 0

  init(isVerbose: Bool) {
    self.isVerbose = isVerbose
  }

  func show(_ event: IngestEvent) {
    switch event {
    case .planned(_, let changedCount):
      if changedCount > 0 { bar = ProgressBar("indexing", unit: "files", total: changedCount) }
    case .progress(let done, let changed, let chunks):
      bar?.update(done: done, total: changed, label: "indexing (\(chunks) chunks)")
    case .waitingPictures(let done, let total):
      // Files and pictures have their own counts and rates.
      if bar?.unit != "pictures" {
        bar?.finish()
        bar = ProgressBar("embedding pictures", unit: "pictures", total: total)
      }
      bar?.update(done: done, total: total)
    case .skipped(let path, let reason):
      skippedCount += 1
      if isVerbose || skippedCount <= Self.listedSkipCount {
        Terminal.note("skipped \(droppingControls(path)): \(droppingControls(reason))")
      }
    case .warning(let path, let message):
      if isVerbose { Terminal.note("\(droppingControls(path)): \(droppingControls(message))") }
    }
  }

  func finish() {
    bar?.finish()
    bar = nil
    if !isVerbose && skippedCount > Self.listedSkipCount {
      Terminal.note(
        "and \(skippedCount - Self.listedSkipCount) more skipped (--verbose lists them)")
    }
  }

  /// Says which pictures wait for a model and which pages were not read, and what to install.
  static func showMissingTools(_ report: IngestReport, runtime: Runtime) {
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
  }

  /// The result in one line, for example `12 files: 3 added, 9 unchanged (41 chunks, 0.8 s)`.
  static func summary(_ report: IngestReport) -> String {
    var parts: [String] = []
    for (count, word) in [
      (report.addedCount, "added"), (report.updatedCount, "updated"),
      (report.renamedCount, "renamed"), (report.removedCount, "removed"),
      (report.unchangedCount, "unchanged"), (report.skipped.count, "skipped"),
      (report.skippedPictures.count, "pictures skipped"),
    ] where count > 0 {
      parts.append("\(count) \(word)")
    }
    let counts = parts.isEmpty ? "no readable files" : parts.joined(separator: ", ")
    var work: [String] = []
    if report.embeddedChunkCount > 0 { work.append("\(report.embeddedChunkCount) chunks") }
    if report.embeddedPictureCount > 0 { work.append("\(report.embeddedPictureCount) pictures") }
    work.append(String(format: work.isEmpty ? "%.2f s" : "%.1f s", report.seconds))
    return counts + " (" + work.joined(separator: ", ") + ")"
      + (report.wasInterrupted ? ", interrupted" : "")
  }
}
