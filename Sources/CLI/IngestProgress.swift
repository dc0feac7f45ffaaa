internal import Foundation
internal import RAG

/// Shows the progress and the result of an ingest on standard error.
final class IngestProgress {
  private var bar: ProgressBar?
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
    let counts = parts.isEmpty ? "no readable files" : parts.joined(separator: ", ")
    let work =
      report.embeddedChunkCount > 0
      ? String(format: "%d chunks, %.1f s", report.embeddedChunkCount, report.seconds)
      : String(format: "%.2f s", report.seconds)
    return counts + " (" + work + ")" + (report.wasInterrupted ? ", interrupted" : "")
  }
}
