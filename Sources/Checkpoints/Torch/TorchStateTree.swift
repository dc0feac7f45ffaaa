// What people save with torch: a dictionary of tensors, the same inside another dictionary with
// settings beside it, or a tree of TorchScript modules.

internal import Bytes

/// The tensors of a pickle with dotted names, and its settings as metadata.
struct TorchStateTree {
  private(set) var tensors: [(name: String, tensor: TorchTensor)] = []
  private(set) var metadata: Metadata

  private let machine: PickleMachine
  private var names: Set<String> = []
  private var visitedCount = 0
  private var textByteCount = 0
  /// Whether tensors belong to the weights; not beside them (the state of an optimizer).
  private var takesTensors = true

  /// The keys under which the weights are kept beside other things: Whisper's; Lightning's, timm's
  /// and open_clip's; fairseq's.
  private static let weightKeys = ["model_state_dict", "state_dict", "model"]

  /// The prefix that `torch.nn.DataParallel` puts before every name.
  private static let parallelPrefix = "module."

  /// The greatest depth of settings beside the weights: `dims.n_mels` of Whisper.
  private static let settingsDepth = 2

  /// Walks the value that the pickle describes.
  ///
  /// - Throws: `CheckpointError.noStateDictionary`, `.duplicateTensor`, `.duplicateKey`,
  ///   `.invalidName` or `.limitExceeded`.
  /// - Complexity: O(values); values that are shared are visited once for each name.
  init(_ machine: PickleMachine, root: PickleID, path: String) throws(CheckpointError) {
    self.machine = machine
    metadata = Metadata(path: path)
    switch machine[root] {
    case .dictionary(let items): try addTop(items)
    case .object, .list, .tuple: try add(root, name: "", depth: 0)
    case .tensor: try add(root, name: "tensor", depth: 0)
    default: throw .noStateDictionary(reason: "it contains \(machine[root].kind)")
    }
    if tensors.isEmpty {
      throw .noStateDictionary(reason: "the pickle has no tensors under names")
    }
    stripParallelPrefix()
  }

  /// The weights, and the settings beside them.
  private mutating func addTop(_ items: [PickleID]) throws(CheckpointError) {
    for key in Self.weightKeys {
      for index in stride(from: 0, to: items.count, by: 2) {
        guard case .text(key) = machine[items[index]],
          case .dictionary(let weights) = machine[items[index + 1]]
        else { continue }
        try add(weights, name: "", depth: 1)
        takesTensors = false
        return try add(
          Array(items[..<index] + items[(index + 2)...]), name: "", depth: 1)
      }
    }
    try add(items, name: "", depth: 1)
  }

  /// Adds what is in a dictionary, or in the attributes of an object.
  private mutating func add(
    _ items: [PickleID], name: String, depth: Int, isObject: Bool = false
  ) throws(CheckpointError) {
    try count(items.count / 2)
    for index in stride(from: 0, to: items.count, by: 2) {
      let key: String
      switch machine[items[index]] {
      case .text(let text): key = text
      case .integer(let number): key = String(number)
      default:
        guard takesTensors else { continue }
        throw .noStateDictionary(
          reason: "a key of '\(printable(name))' is \(machine[items[index]].kind)")
      }
      // Of every TorchScript module; no setting of the model.
      if isObject, key == "training" || key == "_is_full_backward_hook" { continue }
      guard name.utf8.count + key.utf8.count < CheckpointLimits.nameByteCount else {
        throw .invalidName(
          what: "key below '\(printable(name))'", byteOffset: 0,
          reason: "makes a name of \(name.utf8.count + key.utf8.count + 1) bytes "
            + "(at most \(CheckpointLimits.nameByteCount))")
      }
      try add(items[index + 1], name: name.isEmpty ? key : "\(name).\(key)", depth: depth)
    }
  }

  /// Counts values before they are read: a pickle may name one container many times.
  private mutating func count(_ valueCount: Int) throws(CheckpointError) {
    visitedCount += valueCount
    guard visitedCount <= PickleLimits.valueCount else {
      throw .limitExceeded(
        what: "number of values in the state dictionary", byteOffset: 0,
        value: UInt64(visitedCount), limit: UInt64(PickleLimits.valueCount))
    }
  }

  private mutating func add(
    _ id: PickleID, name: String, depth: Int
  ) throws(CheckpointError) {
    guard depth < PickleLimits.depth else {
      throw .limitExceeded(
        what: "depth of the state dictionary", byteOffset: 0, value: UInt64(depth),
        limit: UInt64(PickleLimits.depth))
    }
    switch machine[id] {
    case .tensor(let index):
      if takesTensors { try add(machine.tensors[Int(index)], name: name) }
    case .dictionary(let items):
      if takesTensors || depth < Self.settingsDepth {
        try add(items, name: name, depth: depth + 1)
      }
    case .object:
      guard takesTensors, let state = machine.states[id] else { return }
      guard case .dictionary(let items) = machine[state] else { return }
      try add(items, name: name, depth: depth + 1, isObject: true)
    case .list(let elements), .tuple(let elements):
      try addSequence(elements, name: name, depth: depth)
    default:
      if let value = scalar(id) { try add(value, name: name) }
    }
  }

  /// A list of numbers or strings is a setting; of anything else, each element has its number as
  /// name.
  private mutating func addSequence(
    _ elements: [PickleID], name: String, depth: Int
  ) throws(CheckpointError) {
    try count(elements.count)
    try countText(of: elements)
    if let array = array(elements) { return try add(.array(array), name: name) }
    guard takesTensors else { return }
    for (index, element) in elements.enumerated() {
      try add(element, name: name.isEmpty ? "\(index)" : "\(name).\(index)", depth: depth + 1)
    }
  }

  /// Counts the bytes that an array of strings copies.
  private mutating func countText(of elements: [PickleID]) throws(CheckpointError) {
    for element in elements {
      if case .text(let text) = machine[element] { textByteCount += text.utf8.count }
    }
    guard textByteCount <= CheckpointLimits.metadataByteCount else {
      throw .limitExceeded(
        what: "bytes of strings in the state dictionary", byteOffset: 0,
        value: UInt64(textByteCount), limit: UInt64(CheckpointLimits.metadataByteCount))
    }
  }

  private mutating func add(_ tensor: TorchTensor, name: String) throws(CheckpointError) {
    let name = try checkedName(
      Array(name.utf8), what: "tensor name", byteOffset: tensor.byteOffset)
    guard names.insert(name).inserted else {
      throw .duplicateTensor(tensor: name, byteOffset: tensor.byteOffset)
    }
    guard UInt64(tensors.count) < CheckpointLimits.tensorCount else {
      throw .limitExceeded(
        what: "tensor count", byteOffset: tensor.byteOffset,
        value: CheckpointLimits.tensorCount + 1, limit: CheckpointLimits.tensorCount)
    }
    tensors.append((name, tensor))
  }

  private mutating func add(_ value: MetadataValue, name: String) throws(CheckpointError) {
    let key = try checkedName(Array(name.utf8), what: "metadata key", byteOffset: 0)
    guard UInt64(metadata.entries.count) < CheckpointLimits.metadataEntryCount else {
      throw .limitExceeded(
        what: "metadata count", byteOffset: 0, value: CheckpointLimits.metadataEntryCount + 1,
        limit: CheckpointLimits.metadataEntryCount)
    }
    guard metadata.append(key: key, value: value) else {
      throw .duplicateKey(key: key, byteOffset: 0)
    }
  }

  private mutating func stripParallelPrefix() {
    let prefix = Self.parallelPrefix
    guard tensors.allSatisfy({ $0.name.hasPrefix(prefix) && $0.name != prefix }) else { return }
    tensors = tensors.map { (String($0.name.dropFirst(prefix.count)), $0.tensor) }
  }

  // MARK: Settings

  private func scalar(_ id: PickleID) -> MetadataValue? {
    switch machine[id] {
    case .bool(let value): .bool(value)
    case .integer(let value): .int64(value)
    case .float(let value): .float64(value)
    case .text(let value): .string(value)
    case .global(let index): .string(machine.globals[Int(index)].name)
    default: nil
    }
  }

  /// The elements as one array, or nil where they are none, or not all of one type.
  private func array(_ elements: [PickleID]) -> MetadataArray? {
    guard let first = elements.first.flatMap(scalar),
      elements.count <= CheckpointLimits.arrayElementCount
    else { return nil }
    let values = elements.compactMap(scalar)
    guard values.count == elements.count else { return nil }
    func all<Value>(_ read: (MetadataValue) -> Value?) -> [Value]? {
      let found = values.compactMap(read)
      return found.count == values.count ? found : nil
    }
    switch first {
    case .bool: return all(\.boolValue).map(MetadataArray.bool)
    case .string: return all(\.stringValue).map { .string(StringArray($0)) }
    default:
      if let integers = all({ $0.integerValue.map(Int64.init) }) { return .int64(integers) }
      return all(\.numberValue).map(MetadataArray.float64)
    }
  }
}
