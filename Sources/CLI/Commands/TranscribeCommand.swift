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
        swiftrag transcribe *.mp3 --output-dir texts --format vtt
        swiftrag transcribe interview.flac --language de --task translate
        cat call.wav | swiftrag transcribe - --format json

      The text appears as it is decoded. With --output-dir each recording gets a file; Ctrl-C keeps \
      what is done, and the same command continues. The model is a Whisper: OpenAI's .pt, a Hugging \
      Face folder, a .bin of whisper.cpp, a folder of faster-whisper, or a GGUF file of models \
      convert. It is named with --model, whisper_model or WHISPER_CPP_MODEL, or taken from \
      models/whisper.
      """)

  @Argument(help: "Recordings; - reads one from standard input.", completion: .file())
  var files: [String]

  @Option(help: "Format of the text: txt, srt, vtt, tsv, lrc or json.")
  var format: TranscriptFormat = .txt

  @Option(
    name: .shortAndLong, help: "Write a file for each recording into this folder.",
    completion: .directory)
  var outputDir: String?

  @Flag(help: "Transcribe recordings again whose text is in --output-dir.")
  var overwrite = false

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
    if outputDir != nil, files.contains("-") {
      throw ValidationError("Standard input has no name for a file in --output-dir.")
    }
    if overwrite, outputDir == nil { throw ValidationError("--overwrite needs --output-dir.") }
  }

  func run() throws {
    common.apply()
    let options = try decoding.options
    try requireExisting(files.filter { $0 != "-" })
    let runtime = try makeRuntime(
      computeSettings(threads: threads, kernels: kernels, model: model, as: .whisperModel))
    let task = TranscriptionTask(
      runtime: runtime, transcriber: try runtime.transcriber(), options: options,
      detection: decoding.vad)
    if let outputDir { return try write(into: outputDir, task) }
    for file in files {
      if files.count > 1, format != .json { Terminal.note("==> \(shownName(file)) <==") }
      try answer(file, task)
      if Interrupts.isRequested { throw ExitCode.interrupted }
    }
  }

  /// Prints the text of a recording as it comes.
  private func answer(_ file: String, _ task: TranscriptionTask) throws {
    let name = file == "-" ? "standard input" : file
    var renderer = TranscriptRenderer(format: format)
    Terminal.answer(renderer.header, terminator: "")
    let transcript = try RecordingFile(file).whileOpen { path in
      try task.run(path: path, name: name) { segments in
        let text = renderer.text(of: segments)
        if !text.isEmpty { ProgressBar.withBarHidden { Terminal.answer(text, terminator: "") } }
      }
    }
    if transcript.segments.isEmpty, !Interrupts.isRequested {
      Terminal.note("\(shownName(name)): no speech was found")
    }
    if format == .json { try answerJSON(TranscriptReport(transcript, file: name)) }
  }

  /// Writes a file for each recording; the second of a name is refused before any is transcribed.
  private func write(into folder: String, _ task: TranscriptionTask) throws {
    var paths: [(file: String, output: String)] = []
    for file in files {
      let name = URL(filePath: file).deletingPathExtension().lastPathComponent
      let output = "\(folder)/\(name).\(format.rawValue)"
      if let other = paths.first(where: { $0.output == output }) {
        throw CommandFailure(
          "\(file) and \(other.file) would both be written to \(output)\n"
            + "  try: one folder for each, with --output-dir", .usage)
      }
      paths.append((file, output))
    }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw CommandFailure("\(folder): cannot be created", .cannotCreate, path: folder)
    }
    for (file, output) in paths {
      let output = TranscriptFile(path: output, format: format)
      if output.isComplete, !overwrite {
        Terminal.note("\(output.path) exists; --overwrite transcribes \(file) again")
        continue
      }
      try output.write(task, recording: file)
      if Interrupts.isRequested { throw ExitCode.interrupted }
      Terminal.answer(droppingControls(output.path))
    }
  }
}

extension TranscriptFormat: ExpressibleByArgument {}
