// whisper.cpp's files of Silero's voice detector have the magic number of its Whispers, and then a
// name instead of sizes.

internal import Bytes

extension WhisperGGMLReader {
  /// The name of the model after the magic number, with its length.
  private static let voiceDetectorName = "silero-16k"

  /// The prefix of the metadata keys of a voice detector, the name of whisper.cpp's struct.
  static let voiceDetectorPrefix = "vad."

  /// Whether a file with the magic number holds a voice detector.
  static func isVoiceDetector(_ file: MappedFile) -> Bool {
    let name = voiceDetectorName.utf8
    // As the first size, the vocabulary of a Whisper, the length would be 10.
    let start = magic + [UInt8(name.count), 0, 0, 0] + name
    return (try? file.copyBytes(0..<min(start.count, file.byteCount))) == start
  }

  /// Reads the header: the name, the version of the weights, samples of a frame and of the frame
  /// before it that is repeated, and the sizes of the layers.
  ///
  /// - Source: whisper.cpp, `whisper_vad_init_with_params` and
  ///   `models/convert-silero-vad-to-ggml.py`.
  /// - Throws: `CheckpointError`.
  mutating func readVoiceDetectorSizes() throws(CheckpointError) {
    _ = try skip(Self.magic.count + 4 + Self.voiceDetectorName.utf8.count, "magic and name")
    func key(_ name: String) -> String { Self.voiceDetectorPrefix + name }
    for name in ["version.major", "version.minor", "version.patch", "window_size", "context_size"] {
      _ = metadata.append(key: key(name), value: .int32(try integer(name)))
    }
    let start = reader.byteOffset
    let layers = try integer("encoder layers")
    _ = metadata.append(key: key("n_encoder_layers"), value: .int32(layers))
    guard (0...Self.voiceDetectorLayerLimit).contains(Int(layers)) else {
      throw .limitExceeded(
        what: "encoder layers", byteOffset: start, value: UInt64(UInt32(bitPattern: layers)),
        limit: UInt64(Self.voiceDetectorLayerLimit))
    }
    for layer in 0..<layers {
      for name in ["in_channels", "out_channels", "kernel_size"] {
        let name = "encoder.\(layer).\(name)"
        _ = metadata.append(key: key(name), value: .int32(try integer(name)))
      }
    }
    for name in ["lstm_input_size", "lstm_hidden_size", "final_conv_in", "final_conv_out"] {
      _ = metadata.append(key: key(name), value: .int32(try integer(name)))
    }
    regions.append(
      .init(kind: .header, label: "voice detector header", byteRange: 0..<reader.byteOffset))
  }

  /// Silero's detector has 4.
  private static let voiceDetectorLayerLimit = 64
}
