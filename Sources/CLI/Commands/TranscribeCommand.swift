internal import ArgumentParser
internal import Bytes
internal import Foundation
internal import Generation
internal import Models
internal import SwiftRAG
internal import Tokenizers

/// The command `swiftrag transcribe`.
struct TranscribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transcribe", abstract: "Write down what is said in recordings, with times.",
    discussion: """
        swiftrag transcribe meeting.mp3
        swiftrag transcribe talk.wav --format srt > talk.srt
        swiftrag transcribe interview.flac --language de --task translate
        cat call.wav | swiftrag transcribe - --format json

      The text appears as it is decoded. The model is a Whisper: OpenAI's .pt, a Hugging Face \
      folder, a .bin of whisper.cpp, a folder of faster-whisper, or a GGUF file of models convert. \
      It is named with --model, whisper_model or WHISPER_CPP_MODEL, or taken from models/whisper.
      """)

  @Argument(help: "Recordings; - reads one from standard input.", completion: .file())
  var files: [String]

  @Option(help: "Format of the text: txt, srt, vtt, tsv or json.")
  var format: TranscriptFormat = .txt

  @Option(name: .shortAndLong, help: "Whisper: a file, a folder, or a name below models/whisper.")
  var model: String?

  @OptionGroup var decoding: DecodingOptions

  @Option(name: .shortAndLong, help: "Compute threads (default: one for each physical core).")
  var threads: Int?

  @Option(help: "Kernels: reference (scalar), simd (own) or blas (OpenBLAS).")
  var kernels: String?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if files.isEmpty { throw ValidationError("Give recordings, or - for standard input.") }
    if files.filter({ $0 == "-" }).count > 1 {
      throw ValidationError("Standard input is one recording.")
    }
  }

  func run() throws {
    common.apply()
    let options = try decoding.options
    try options.validate()
    try requireExisting(files.filter { $0 != "-" })
    let runtime = try makeRuntime(
      computeSettings(threads: threads, kernels: kernels, model: model, as: .whisperModel))
    let transcriber = try runtime.transcriber()
    for file in files {
      if files.count > 1, format != .json { Terminal.note("==> \(droppingControls(file)) <==") }
      try transcribe(file, transcriber, options)
      if Interrupts.isRequested { throw ExitCode.interrupted }
    }
  }

  private func transcribe(
    _ file: String, _ transcriber: Transcriber, _ options: TranscriptionOptions
  ) throws {
    let name = file == "-" ? "standard input" : file
    let recording = try Recording(file)
    let bar = ProgressBar("transcribing \(Paths.name(of: name))", unit: "s", total: 0)
    defer { bar.finish() }
    let frames = try recording.frames(bandCount: transcriber.model.config.melCount)
    let renderer = TranscriptRenderer(format: format)
    Terminal.answer(renderer.header, terminator: "")
    var number = 0
    let transcript = try transcriber.transcribe(frames, options: options) { event in
      switch event {
      case .language(let code, let probability):
        let language = WhisperLanguages.name(of: code) ?? code
        Terminal.note(
          "detected language: \(language) (\(String(format: "%.0f", probability * 100)) %)")
      case .segments(let segments):
        for segment in segments {
          let text = renderer.text(of: segment, number: number + 1)
          if text.isEmpty { continue }
          number += 1
          ProgressBar.withBarHidden { Terminal.answer(text, terminator: "") }
        }
      case .progress(let seconds, let total):
        bar.update(done: Int(seconds), total: Int(total.rounded(.up)))
      }
    } shouldStop: {
      Interrupts.isRequested
    }
    bar.finish()
    if format == .json { try answerJSON(TranscriptReport(transcript, file: name)) }
  }
}

/// The flags of the decoding.
struct DecodingOptions: ParsableArguments {
  @Option(help: "The spoken language, as de or german (default: detected).")
  var language: String?

  @Option(help: "transcribe, or translate into English.")
  var task: TranscriptionOptions.Task = .transcribe

  @Option(help: "Hypotheses of the beam search; 1 is greedy.")
  var beamSize = 1

  @Option(help: "Stop when this many times the beam size of texts have ended.")
  var patience = 1.0

  @Option(help: "Texts that are drawn at temperatures above 0.")
  var bestOf = 1

  @Option(help: "Exponent of the length in the ranking of texts, 0 to 1 (default: the mean).")
  var lengthPenalty: Double?

  @Option(help: "The first temperature; higher ones follow in steps of 0.2 where a text is poor.")
  var temperature: Float = 0

  @Flag(help: "Do not try higher temperatures.")
  var noFallback = false

  @Option(help: "Text that the recording continues: names, spelling, style.")
  var initialPrompt: String?

  @Flag(help: "Decode each window without the text of those before.")
  var noContext = false

  @Option(help: "Parts in seconds: start,end,start,end; the last end may be missing.")
  var clipTimestamps: String?

  @Flag(help: "Give each word its time, in JSON.")
  var wordTimestamps = false

  @Option(help: "Seed of what is drawn at temperatures above 0.")
  var seed: UInt64 = 0

  /// The options of a transcription.
  ///
  /// - Throws: `CommandFailure` for a language that no model has, or clips that are not numbers.
  var options: TranscriptionOptions {
    get throws {
      var options = TranscriptionOptions()
      if let language {
        guard let code = WhisperLanguages.code(of: language) else {
          throw CommandFailure(
            "--language: '\(language)' is not a language of Whisper\n  known: "
              + WhisperLanguages.all.map(\.code).joined(separator: " "), .usage)
        }
        options.language = code
      }
      options.task = task
      options.beamSize = beamSize == 1 ? nil : beamSize
      options.patience = patience
      options.bestOf = bestOf
      options.lengthPenalty = lengthPenalty
      // By tenths, so that the temperatures are those of the reference: 0.6, not 0.6000001.
      let higher = noFallback ? [] : (1...5).map { temperature + Float($0) * 2 / 10 }
      options.temperatures = [temperature] + higher.filter { $0 <= 1.000_01 }
      options.initialPrompt = initialPrompt
      options.conditionsOnPreviousText = !noContext
      options.hasWordTimes = wordTimestamps
      options.seed = seed
      options.clips = try clips
      return options
    }
  }

  private var clips: [Range<Double>] {
    get throws {
      guard let clipTimestamps else { return [] }
      let words = clipTimestamps.split(separator: ",", omittingEmptySubsequences: false)
      var times = words.compactMap { Double($0) }
      guard times.count == words.count, times.allSatisfy({ $0 >= 0 && $0 <= 1e9 }),
        zip(times, times.dropFirst()).allSatisfy({ $0 <= $1 })
      else {
        throw CommandFailure(
          "--clip-timestamps: '\(clipTimestamps)' is not an ascending list of seconds", .usage)
      }
      if !times.count.isMultiple(of: 2) { times.append(1e9) }
      return stride(from: 0, to: times.count, by: 2).map { times[$0]..<times[$0 + 1] }
    }
  }
}

extension TranscriptFormat: ExpressibleByArgument {}
extension TranscriptionOptions.Task: ExpressibleByArgument {}

/// A recording as a file: the one that was named, or a temporary one with standard input.
private struct Recording {
  private let path: String
  private let isTemporary: Bool

  init(_ argument: String) throws {
    guard argument == "-" else {
      (path, isTemporary) = (argument, false)
      return
    }
    let data = try standardInput()
    guard !data.isEmpty else { throw CommandFailure("standard input: no sound", .missingInput) }
    let url = FileManager.default.temporaryDirectory
      .appending(path: "swiftrag-\(UUID().uuidString)")
    guard
      FileManager.default.createFile(
        atPath: url.path(), contents: data, attributes: [.posixPermissions: 0o600])
    else { throw CommandFailure("\(url.path()): cannot be written", .cannotCreate) }
    (path, isTemporary) = (url.path(), true)
  }

  /// The frames of the recording; a temporary file is removed.
  ///
  /// It is not kept for longer, because Ctrl-C ends the process in the middle of a transcription.
  func frames(bandCount: Int) throws -> MelFrames {
    defer { if isTemporary { try? FileManager.default.removeItem(atPath: path) } }
    return try Runtime.soundFrames(path: path, bandCount: bandCount) { _ in
      if Interrupts.isRequested { throw ExitCode.interrupted }
    }
  }
}
