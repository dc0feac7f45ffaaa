internal import ArgumentParser
internal import Bytes
internal import Foundation
internal import Generation
internal import Models
internal import SwiftRAG

extension BenchCommand {
  /// The command `swiftrag bench whisper`.
  struct Whisper: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Time Whisper on a window of sound; write its numbers, to compare programs.",
      discussion: """
          swiftrag bench whisper -m base.pt --mel window.f32 --ids ids.txt --npy l.npy
          swiftrag bench whisper -m base.pt --steps 64 --hypotheses 5
          swiftrag bench whisper -m base.pt --recording talk.wav --beam-size 5

        The window is Float32, little-endian, a row for each of 3,000 frames; without --mel it is \
        silence. Tests/Reference/whisper_parity.py compares the numbers with those of openai-whisper. \
        The times are of loading, the encoder (encode), the decoder's keys and values of the sound \
        (soundKeys), a prompt and steps after it. \
        With --recording the whole transcription is timed, without loading the model; \
        Benchmarks/peers/whisper_speed.py compares it with other programs.
        """)

    @Option(name: .shortAndLong, help: "Whisper: a file, a folder, or a name below models/whisper.")
    var model: String?

    @Option(help: "A window of log-mel frames.", completion: .file())
    var mel: String?

    @Option(help: "A file with token ids, separated by white space.", completion: .file())
    var ids: String?

    @Option(help: "Write the logits of all ids: Float32 [tokens, vocabulary].", completion: .file())
    var npy: String?

    @Option(help: "Write the encoder's output: Float32 [positions, width].", completion: .file())
    var encoded: String?

    @Option(help: "Time decoding the ids and this number of tokens, with their choice.")
    var steps = 0

    @Option(help: "Hypotheses: more than 1 for a beam search.")
    var hypotheses = 1

    @Option(help: "Time the best of this number of runs.")
    var runs = 1

    @Option(help: "A recording to transcribe.", completion: .file())
    var recording: String?

    @Flag(help: "Time the encoder alone.")
    var encoderOnly = false

    @OptionGroup var decoding: DecodingOptions

    @Option(name: .shortAndLong, help: "Compute threads (default: one for each physical core).")
    var threads: Int?

    @OptionGroup var common: CommonOptions

    /// Times are the best of the runs, in seconds.
    private struct Report: Encodable {
      var load = 0.0
      /// The encoder, up to its last LayerNorm.
      var encode = Double.infinity
      /// The keys and values of the decoder's layers for the encoder's output, once a window.
      ///
      /// Like the encoder they are part of the time of a whole transcription.
      var soundKeys = Double.infinity
      var prompt = Double.infinity
      var steps = 0.0
      var packedBytes = 0
      var transcribe: Double?
      var text: String?
    }

    func run() throws {
      common.apply()
      try requireRange(steps, 0...400, of: "--steps")
      try requireRange(hypotheses, 1...TranscriptionOptions.hypothesisLimit, of: "--hypotheses")
      try requireRange(runs, 1...100, of: "--runs")
      let runtime = try makeRuntime(
        computeSettings(threads: threads, model: model, as: .whisperModel))
      var report = Report()
      var loaded: WhisperModel?
      report.load = try seconds {
        loaded = try recording == nil ? runtime.whisperModel() : runtime.transcriber().model
      }
      guard let model = loaded else { return }
      let window = try window(model.config, runtime)
      let prompt = try ids.map { try tokenIDs(inFile: $0) } ?? [0]
      let session = try WhisperSession(model, hypothesisLimit: hypotheses)
      for run in 0..<runs {
        report.encode = min(report.encode, try seconds { try session.computeHiddenStates(window) })
        report.soundKeys = min(report.soundKeys, seconds { session.computeSoundKeysAndValues() })
        report.prompt = min(
          report.prompt,
          try seconds {
            try session.start(prompt, hypotheses: hypotheses, logitRows: prompt.count)
          })
        if let npy {
          let logits = prompt.indices.flatMap { session.logits($0) }
          try NumPyWriter.write(logits, columns: model.config.vocab, to: npy)
        }
        if steps > 0 {
          let time = try seconds {
            try DecoderTiming.decode(steps, after: prompt, in: session, hypotheses: hypotheses)
          }
          report.steps = run == 0 ? time : min(report.steps, time)
        }
      }
      if let encoded {
        try NumPyWriter.write(
          session.encoded, columns: model.config.encoder.embed, to: encoded)
      }
      report.packedBytes = model.packedByteCount
      if let transcription = try transcription(runtime) {
        (report.transcribe, report.text) = transcription
      }
      try answerJSON(report, pretty: false)
    }

    /// The time and the text of a whole transcription.
    private func transcription(_ runtime: Runtime) throws -> (seconds: Double, text: String)? {
      guard let recording, !encoderOnly else { return nil }
      let options = try decoding.options
      let transcriber = try runtime.transcriber()
      var text = ""
      let time = try seconds {
        let sound = try runtime.recording(
          path: recording, bandCount: transcriber.model.config.melCount, speech: decoding.vad)
        text = try transcriber.transcribe(sound, options: options).text
      }
      return (time, text)
    }

    private func seconds(_ body: () throws -> Void) rethrows -> Double {
      try ContinuousClock().measure(body).inSeconds
    }

    private func window(_ config: WhisperConfig, _ runtime: Runtime) throws -> [Float] {
      let count = config.frameCount * config.melCount
      if let recording, mel == nil {
        let sound = try runtime.recording(
          path: recording, bandCount: config.melCount, speech: .off)
        let frames = try sound.frames(0..<min(config.frameCount, sound.contentFrameCount))
        return frames + [Float](repeating: 0, count: count - frames.count)
      }
      guard let mel else { return [Float](repeating: -1, count: count) }
      guard let data = FileManager.default.contents(atPath: mel) else {
        throw CommandFailure("\(mel): cannot be read", .missingInput, path: mel)
      }
      guard data.count == count * 4 else {
        throw CommandFailure(
          "\(mel): has \(data.count) bytes; the model takes \(config.frameCount) frames of "
            + "\(config.melCount) numbers, \(count * 4) bytes", .invalidData)
      }
      return data.withUnsafeBytes { bytes in
        (0..<count).map {
          Float(bitPattern: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self))
        }
      }
    }
  }
}
