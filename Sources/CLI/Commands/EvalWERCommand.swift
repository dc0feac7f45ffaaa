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
        A recording's text is the file of the same name with .txt. The last row but one is the rate \
        over all words; the last is transcription time divided by the recordings' length. What other \
        programs understood is counted in the same table.

          swiftrag eval wer ~/recordings -m base.pt -m base-q8_0.gguf
          swiftrag eval wer ~/recordings --beam-size 5 --json
          swiftrag eval wer ~/recordings --transcripts whisper.cpp=~/texts
        """)

    @Argument(help: "A folder of recordings.", completion: .directory)
    var folder: String

    @Option(
      name: .shortAndLong,
      help: "Whisper: a file, a folder, or a name below models/whisper; may be repeated.")
    var model: [String] = []

    @Option(
      help: """
        Texts of another program, one NAME.txt a recording, as LABEL=FOLDER; may be repeated.
        """)
    var transcripts: [String] = []

    @OptionGroup var decoding: DecodingOptions

    @Option(name: .shortAndLong, help: "Compute threads (default: one for each physical core).")
    var threads: Int?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    private struct Report: Encodable {
      /// A model, or the label of another program's texts.
      var model: String
      var recordings: [String: Double]
      var rate: Double
      var words: Int
      /// Nil for texts that were not transcribed here.
      var realTimeFactor: Double?

      init(_ model: String, _ counted: CountedRecordings, realTimeFactor: Double? = nil) {
        self.model = model
        recordings = counted.rates
        (rate, words) = (counted.all.rate, counted.all.wordCount)
        self.realTimeFactor = realTimeFactor
      }
    }

    /// The word error rates of some recordings, by name and of all words.
    private struct CountedRecordings {
      private(set) var rates: [String: Double] = [:]
      private(set) var all = WordErrorRate()

      mutating func add(_ heard: String, of recording: Recording) {
        var own = WordErrorRate()
        own.add(hypothesis: heard, reference: recording.text)
        rates[recording.name] = own.rate
        all = all + own
      }
    }

    /// A recording and what is said in it.
    private struct Recording {
      let name: String
      let path: String
      let text: String
    }

    func validate() throws {
      for text in transcripts where Self.parts(of: text).count != 2 {
        throw ValidationError("--transcripts takes LABEL=FOLDER, as whisper.cpp=texts, not \(text)")
      }
    }

    /// The label and the folder.
    private static func parts(of transcripts: String) -> [String] {
      transcripts.split(separator: "=", maxSplits: 1).map(String.init)
    }

    func run() throws {
      common.apply()
      try requireExisting([folder])
      let options = try decoding.options
      let recordings = try recordings()
      var reports = try transcripts.map { try report(transcripts: $0, recordings) }
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
    private func recordings() throws -> [Recording] {
      try requireExisting([folder])
      let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
      let found = names.compactMap { name -> Recording? in
        let path = folder + "/" + name
        let url = URL(filePath: path)
        guard url.pathExtension != "txt",
          let text = try? String(
            contentsOf: url.deletingPathExtension().appendingPathExtension("txt"), encoding: .utf8)
        else { return nil }
        return Recording(
          name: url.deletingPathExtension().lastPathComponent, path: path, text: text)
      }
      guard !found.isEmpty else {
        throw CommandFailure(
          "\(folder): has no recording with a text beside it (NAME.wav and NAME.txt)",
          .missingInput, path: folder)
      }
      return found
    }

    /// The rates of texts that another program wrote, `LABEL=FOLDER`.
    private func report(transcripts: String, _ recordings: [Recording]) throws -> Report {
      let parts = Self.parts(of: transcripts)
      // The shell expands a tilde after = only where a name of a variable precedes it.
      let texts = (parts[1] as NSString).expandingTildeInPath
      try requireExisting([texts])
      var counted = CountedRecordings()
      for recording in recordings {
        let path = texts + "/" + recording.name + ".txt"
        guard let heard = try? String(contentsOfFile: path, encoding: .utf8) else {
          throw CommandFailure(
            "\(path): no text of \(recording.name) that can be read; write one for each recording",
            .missingInput, path: path)
        }
        counted.add(heard, of: recording)
      }
      return Report(parts[0], counted)
    }

    private func report(
      _ name: String?, _ configuration: Configuration,
      _ recordings: [Recording], _ options: TranscriptionOptions
    ) throws -> Report {
      let runtime = Runtime(configuration: configuration)
      let transcriber = try runtime.transcriber()
      var counted = CountedRecordings()
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
        counted.add(transcript.text, of: recording)
        bar.update(done: index + 1)
        if Interrupts.isRequested { break }
      }
      return Report(
        name ?? "default", counted,
        realTimeFactor: length > 0 ? duration.inSeconds / length : 0)
    }

    private func show(_ reports: [Report], _ names: [String]) {
      let width = (names + ["recording"]).map(\.count).max() ?? 0
      let titles = reports.map { String(droppingControls(Paths.name(of: $0.model)).suffix(24)) }
      func row(_ name: String, _ cells: [String]) {
        Terminal.answer(
          droppingControls(name).padding(toLength: width, withPad: " ", startingAt: 0)
            + zip(titles, cells).map { title, cell in
              String(repeating: " ", count: 2 + max(0, max(8, title.count) - cell.count)) + cell
            }
            .joined())
      }
      row("recording", titles)
      for name in names {
        row(name, reports.map { String(format: "%.1f %%", 100 * ($0.recordings[name] ?? 0)) })
      }
      row("all words", reports.map { String(format: "%.1f %%", 100 * $0.rate) })
      row("time", reports.map { $0.realTimeFactor.map { String(format: "%.3f", $0) } ?? "" })
    }
  }
}
