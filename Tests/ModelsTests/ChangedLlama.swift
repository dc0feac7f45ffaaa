import Bytes
import Checkpoints
import Kernels

@testable import Models

/// A tiny model with some metadata changed (nil removes a key), and tensors changed, replaced by others
/// of the file, removed or added.
struct ChangedLlama {
  static let compute = ComputeContext(path: .reference, threadCount: 1)

  var name = "llama"
  var metadata: [String: MetadataValue?] = [:]
  var removed: Set<String> = []
  var replaced: [String: String] = [:]
  var reshaped: [String: [Int]] = [:]
  var retyped: [String: TensorType] = [:]
  var added: [(String, [Int])] = []

  func checkpoint() throws -> Checkpoint {
    let original = try Checkpoint.open(path: LlamaGoldens.path(name))
    var writer = try GGUFWriter()
    for entry in original.metadata.entries where metadata[entry.key] == nil {
      try writer.setMetadata(entry.key, entry.value)
    }
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      if let value { try writer.setMetadata(key, value) }
    }
    for tensor in original.tensors where !removed.contains(tensor.name) {
      let shape = reshaped[tensor.name] ?? tensor.shape
      let type = retyped[tensor.name] ?? tensor.type
      let count = shape.reduce(1, *) / type.blockElementCount * type.blockByteCount
      let source = try original.requiredTensor(replaced[tensor.name] ?? tensor.name)
      var bytes = Array(original.bytes(of: source))
      bytes = Array((bytes + [UInt8](repeating: 0, count: count)).prefix(count))
      try writer.addTensor(name: tensor.name, type: type, shape: shape, source: .bytes(bytes))
    }
    for (name, shape) in added {
      let bytes = [UInt8](repeating: 0, count: 4 * shape.reduce(1, *))
      try writer.addTensor(name: name, type: .f32, shape: shape, source: .bytes(bytes))
    }
    return try Checkpoint.open(file: MappedFile(bytes: writer.encoded(), name: "changed.gguf"))
  }

  func load(_ options: LoadOptions = LoadOptions()) throws -> LlamaModel {
    try LlamaModel(gguf: checkpoint(), compute: Self.compute, options: options)
  }
}
