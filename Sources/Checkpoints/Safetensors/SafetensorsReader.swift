internal import Bytes

enum SafetensorsReader {
  static func recognizes(_ firstBytes: [UInt8]) -> Bool {
    firstBytes.count > 8 && firstBytes[8] == UInt8(ascii: "{")
  }
  static func read(_ file: MappedFile) throws(CheckpointError) -> Checkpoint {
    throw .unrecognizedFormat(path: file.path, firstBytes: [])
  }
}
