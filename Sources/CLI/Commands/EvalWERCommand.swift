internal import ArgumentParser
internal import Bytes
internal import Evaluation
internal import Foundation
internal import Generation
internal import Models
internal import SwiftRAG

extension EvalCommand {
  /// The command `swiftrag eval wer FOLDER`.
  struct WER: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "wer", abstract: "Word error rate of Whispers on recordings with known texts.",
      discussion: """
        A recording's text is the file of the same name with .txt. The last row is the rate over all \
        words; the last line is transcription time divided by the recordings' length.

          swiftrag eval wer ~/recordings -m base.pt -m base-q8_0.gguf
          swiftrag eval wer ~/recordings --beam-size 5 --json
        """)

    @Argument(help: "A folder of recordings.", completion: .directory)
    var folder: String

    @Option(
      name: .shortAndLong,
      help: "Whisper: a file, a folder, or a name below models/whisper; may be repeated.")
    var model: [String] = []

    @OptionGroup var decoding: DecodingOptions

    @Option(name: .shortAndLong, help: "Compute threads (default: one for each physical core).")
    var threads: Int?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    private struct Report: Encodable {
      var model: String
      var recordings: [String: Double]
      var rate: Double
      var words: Int
      var realTimeFactor: Double
    }

    func run() throws {
      common.apply()
      try requireExisting([folder])
      let options = try decoding.options
      let recordings = try recordings()
      var reports: [Report] = []
      let models = model.isEmpty ? [nil] : model.map(Optional.some)
      let configurations = try models.map {
        try Configuration(flags: computeSettings(threads: threads, model: $0, as: .whisperModel))
      }
      warnAboutUnknownNames(configurations[0])
      for (name, configuration) in zip(models, configurations) {
        reports.append(try report(name, configuration, recordings, options))
        if Interrupts.isRequested { throw ExitCode.interrupted }
      }
      if json { return try answerJSON(reports) }
      show(reports, recordings.map(\.name))
    }

    /// Recordings that have a text, by name.
    private func recordings() throws -> [(name: String, path: String, text: String)] {
      try requireExisting([folder])
      let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
      let found = names.compactMap { name -> (name: String, path: String, text: String)? in
        let path = folder + "/" + name
        let url = URL(filePath: path)
        guard url.pathExtension != "txt",
          let text = try? String(
            contentsOf: url.deletingPathExtension().appendingPathExtension("txt"), encoding: .utf8)
        else { return nil }
        return (url.deletingPathExtension().lastPathComponent, path, text)
      }
      guard !found.isEmpty else {
        throw CommandFailure(
          "\(folder): has no recording with a text beside it (NAME.wav and NAME.txt)",
          .missingInput, path: folder)
      }
      return found
    }

    private func report(
      _ name: String?, _ configuration: Configuration,
      _ recordings: [(name: String, path: String, text: String)], _ options: TranscriptionOptions
    ) throws -> Report {
      let runtime = Runtime(configuration: configuration)
      let transcriber = try runtime.transcriber()
      var (all, rates) = (WordErrorRate(), [String: Double]())
      var (length, duration) = (0.0, Duration.zero)
      let bar = ProgressBar("transcribing", unit: "recordings", total: recordings.count)
      defer { bar.finish() }
      for (index, recording) in recordings.enumerated() {
        let start = ContinuousClock.now
        let frames = try runtime.recording(
          path: recording.path, bandCount: transcriber.model.config.melCount,
          speech: decoding.vad)
        let transcript = try transcriber.transcribe(frames, options: options) { _ in
        } shouldStop: {
          Interrupts.isRequested
        }
        duration += ContinuousClock.now - start
        length += transcript.duration
        var own = WordErrorRate()
        own.add(hypothesis: transcript.text, reference: recording.text)
        rates[recording.name] = own.rate
        all = all + own
        bar.update(done: index + 1)
        if Interrupts.isRequested { break }
      }
      return Report(
        model: name ?? "default", recordings: rates, rate: all.rate, words: all.wordCount,
        realTimeFactor: length > 0 ? duration.inSeconds / length : 0)
    }

    private func show(_ reports: [Report], _ names: [String]) {
      let width = (names + ["recording"]).map(\.count).max() ?? 0
      func row(_ name: String, _ cells: [String]) {
        Terminal.answer(
          droppingControls(name).padding(toLength: width, withPad: " ", startingAt: 0)
            + cells.map { "  " + String(repeating: " ", count: max(0, 12 - $0.count)) + $0 }
            .joined())
      }
      row("recording", reports.map { String(Paths.name(of: $0.model).suffix(12)) })
      for name in names {
        row(name, reports.map { String(format: "%.1f %%", 100 * ($0.recordings[name] ?? 0)) })
      }
      row("all words", reports.map { String(format: "%.1f %%", 100 * $0.rate) })
      row("time", reports.map { String(format: "%.3f", $0.realTimeFactor) })
    }
  }
}
