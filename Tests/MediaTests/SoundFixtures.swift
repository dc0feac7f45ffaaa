import Bytes
import Foundation

@testable import Media

/// The recordings of Tests/Fixtures/sound, made by make_sound_fixtures.py.
enum SoundFixtures {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/sound")

  /// The folder with the reference of sound_differential.py, or nil.
  static let referenceFolder = ProcessInfo.processInfo.environment["SWIFTRAG_SOUND_REFERENCE"]

  static let hasFFmpeg = ChildProcess.find("ffmpeg") != nil

  static func path(_ name: String) -> String { folder.appending(path: name).path }

  /// Little-endian Float32.
  static func floats(_ path: String) throws -> [Float] {
    let bytes = try MappedFile(path: path).copyBytes()
    return stride(from: 0, to: bytes.count, by: 4).map { start in
      bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: Float.self) }
    }
  }

  /// A file of these bytes in a folder of its own, removed when the object is.
  final class Scratch {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "swiftrag-sound-\(UUID().uuidString)")

    init() throws {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func write(_ bytes: [UInt8], _ name: String = "file") throws -> String {
      let url = folder.appending(path: name)
      try Data(bytes).write(to: url)
      return url.path
    }
  }
}

/// A WAV file whose fields can be false.
struct RawWAV {
  var formatTag: UInt16 = 1
  var channelCount: UInt16 = 1
  var sampleRate: UInt32 = 16_000
  var bitsPerSample: UInt16 = 16
  var blockByteCount: UInt16?
  var data: [UInt8] = []
  /// The size of the data that the header states.
  var statedByteCount: UInt32?
  var signature = "RIFF"

  /// 16-bit samples.
  init(_ samples: [Int16] = []) {
    data = samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
  }

  var bytes: [UInt8] {
    var builder = ByteBuilder()
    builder.append(bytes: signature.utf8)
    builder.append(UInt32(truncatingIfNeeded: 36 + data.count))
    builder.append(bytes: "WAVEfmt ".utf8)
    builder.append(UInt32(16))
    builder.append(formatTag)
    builder.append(channelCount)
    builder.append(sampleRate)
    let block = blockByteCount ?? (channelCount &* (bitsPerSample / 8))
    builder.append(sampleRate &* UInt32(block))
    builder.append(block)
    builder.append(bitsPerSample)
    builder.append(bytes: "data".utf8)
    builder.append(statedByteCount ?? UInt32(data.count))
    builder.append(bytes: data)
    return builder.bytes
  }
}
