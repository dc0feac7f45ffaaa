import Bytes
import Checkpoints
import Foundation

/// A folder for the files of a test, removed when the object is.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(
      path: "swiftrag-shards-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: [UInt8], _ name: String) throws {
    try Data(bytes).write(to: URL(filePath: path + "/" + name))
  }

  func write(_ text: String, _ name: String) throws { try write(Array(text.utf8), name) }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: path + "/" + name)
  }
}

/// A part of a split GGUF file; each number may be wrong.
func gguf(
  part: UInt16?, of count: UInt16?, tensorCount: Int32?, tensors: [String],
  architecture: String? = nil, fill: UInt8 = 1
) throws -> [UInt8] {
  var writer = try GGUFWriter()
  if let architecture { try writer.setMetadata("general.architecture", .string(architecture)) }
  if let part { try writer.setMetadata("split.no", .uint16(part)) }
  if let count { try writer.setMetadata("split.count", .uint16(count)) }
  if let tensorCount { try writer.setMetadata("split.tensors.count", .int32(tensorCount)) }
  for name in tensors {
    try writer.addTensor(
      name: name, type: .i8, shape: [4], source: .bytes([UInt8](repeating: fill, count: 4)))
  }
  return try writer.encoded()
}

/// A safetensors file with tensors of four bytes.
func safetensors(_ tensors: [String], fill: UInt8 = 1) throws -> [UInt8] {
  var writer = SafetensorsWriter()
  try writer.setMetadata("format", "pt")
  for name in tensors {
    try writer.addTensor(
      name: name, type: .u8, shape: [4], source: .bytes([UInt8](repeating: fill, count: 4)))
  }
  return try writer.encoded()
}

/// An index with a `weight_map` of these entries, in this order.
func index(_ entries: [(String, String)]) -> String {
  let members = entries.map { "\"\($0.0)\": \"\($0.1)\"" }.joined(separator: ", ")
  return "{\"metadata\": {\"total_size\": 12}, \"weight_map\": {\(members)}}"
}
