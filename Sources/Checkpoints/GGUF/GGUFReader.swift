internal import Bytes

enum GGUFReader {
  static func recognizes(_ firstBytes: [UInt8]) -> Bool { firstBytes.starts(with: "GGUF".utf8) }
  static func read(_ file: MappedFile) throws(CheckpointError) -> Checkpoint {
    throw .unrecognizedFormat(path: file.path, firstBytes: [])
  }
}
