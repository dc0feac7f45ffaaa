// A pickle is a program for a stack machine: opcodes push values, put them together, and name
// functions to call. This machine executes the opcodes that torch writes and calls nothing.

internal import Bytes

/// Runs one pickle and keeps the values that it describes.
///
/// Every limit is checked before memory is taken, and no file makes it recurse: values are kept in
/// one array and refer to each other by position.
struct PickleMachine {
  /// The treatment of a name or an opcode that weights do not need.
  enum Policy {
    /// An error names it.
    case refuse
    /// It stands for an opaque value, so that the rest of the pickle can be listed; `globals` is
    /// the result.
    case survey
  }

  /// A name that the pickle imports.
  struct Global {
    let name: String
    let byteOffset: Int
    /// Nil for a name that is not permitted.
    let meaning: TorchGlobal?
  }

  let policy: Policy
  var reader: ByteReader
  /// The start of the opcode that is being executed.
  private(set) var opcodeOffset: Int

  private(set) var values: [PickleValue] = []
  /// Every name, in the order in which the pickle imports it.
  private(set) var globals: [Global] = []
  private(set) var storages: [TorchStorage] = []
  private(set) var tensors: [TorchTensor] = []
  /// The attributes of objects, which BUILD sets.
  var states: [PickleID: PickleID] = [:]

  var stack: [PickleID] = []
  var marks: [Int] = []
  var memo: [PickleID?] = []
  private var frameEnd: Int?
  /// Elements that calls have copied from lists into dictionaries.
  var copiedCount = 0

  /// - Parameters:
  ///   - reader: a cursor at the start of the pickle that ends where the pickle may end at most.
  ///   - policy: whether to refuse what weights do not need.
  init(_ reader: ByteReader, policy: Policy = .refuse) {
    self.reader = reader
    self.policy = policy
    opcodeOffset = reader.byteOffset
  }

  /// Obeys the opcodes up to STOP and returns the value left on the stack.
  ///
  /// - Throws: `CheckpointError.refusedGlobal`, `.refusedOpcode`, `.invalidPickle`,
  ///   `.limitExceeded`, `.tensorOutsideStorage` or `.bytes`.
  /// - Complexity: O(bytes of the pickle).
  mutating func run() throws(CheckpointError) -> PickleID {
    try readProtocol()
    while true {
      opcodeOffset = reader.byteOffset
      if frameEnd == opcodeOffset { frameEnd = nil }
      let byte: UInt8 = try number("opcode")
      guard let opcode = PickleOpcode(rawValue: byte) else {
        throw invalid("0x\(String(byte, radix: 16)) is not an opcode")
      }
      if opcode == .stop { return try finish() }
      if opcode == .frame { try openFrame() } else { try execute(opcode) }
      if let frameEnd, reader.byteOffset > frameEnd, policy == .refuse {
        throw invalid("\(opcode.name) extends beyond its frame")
      }
    }
  }

  private mutating func readProtocol() throws(CheckpointError) {
    let start = reader
    let opcode: UInt8 = try number("PROTO")
    guard opcode == PickleOpcode.proto.rawValue else {
      // Protocols 0 and 1 have no such opcode; torch has never written them.
      if policy == .survey { return reader = start }
      throw invalid("a pickle of protocol 2 to 5 starts with PROTO (0x80)")
    }
    let version: UInt8 = try number("protocol")
    guard (2...5).contains(version) || policy == .survey else {
      throw invalid("protocol \(version) is not supported (2 to 5 are)")
    }
  }

  private mutating func openFrame() throws(CheckpointError) {
    let byteCount: UInt64 = try number("frame length")
    guard policy == .refuse else { return }
    guard frameEnd == nil else { throw invalid("a frame begins inside another") }
    guard byteCount <= UInt64(reader.availableByteCount) else {
      throw invalid("a frame of \(byteCount) bytes, but \(reader.availableByteCount) are left")
    }
    frameEnd = reader.byteOffset + Int(byteCount)
  }

  private func finish() throws(CheckpointError) -> PickleID {
    if policy == .survey { return stack.last ?? PickleID(index: 0) }
    guard let result = stack.last, stack.count == 1, marks.isEmpty else {
      throw invalid("STOP with \(stack.count) values on the stack")
    }
    if let frameEnd, frameEnd != reader.byteOffset { throw invalid("STOP before the frame ends") }
    return result
  }

  // MARK: Values

  subscript(id: PickleID) -> PickleValue { values[Int(id.index)] }

  /// Makes a value and pushes it.
  mutating func push(_ value: PickleValue) throws(CheckpointError) {
    try push(try make(value))
  }

  /// Pushes a value that exists.
  mutating func push(_ id: PickleID) throws(CheckpointError) {
    try checkLimit(stack.count, PickleLimits.stackCount, "stack of the pickle")
    stack.append(id)
  }

  private mutating func make(_ value: PickleValue) throws(CheckpointError) -> PickleID {
    try checkLimit(values.count, PickleLimits.valueCount, "number of values in the pickle")
    values.append(value)
    return PickleID(index: Int32(values.count - 1))
  }

  mutating func pop() throws(CheckpointError) -> PickleID {
    guard stack.count > (marks.last ?? 0), let top = stack.popLast() else {
      throw invalid("a value is missing on the stack")
    }
    return top
  }

  /// Pops the values above the last mark, and the mark.
  mutating func popMarked() throws(CheckpointError) -> [PickleID] {
    guard let mark = marks.popLast() else { throw invalid("a mark is missing on the stack") }
    let marked = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return marked
  }

  /// Adds `more` to the list or dictionary `id`, in place; false where `id` is something else.
  mutating func extend(_ id: PickleID, by more: [PickleID], isDictionary: Bool) -> Bool {
    let index = Int(id.index)
    // The value is taken out before it grows, so that the array has one owner and is not copied.
    if isDictionary {
      guard case .dictionary(var elements) = values[index] else { return false }
      values[index] = .none
      elements += more
      values[index] = .dictionary(elements)
    } else {
      guard case .list(var elements) = values[index] else { return false }
      values[index] = .none
      elements += more
      values[index] = .list(elements)
    }
    return true
  }

  // MARK: Tables

  /// Notes a name that the pickle imports and pushes it.
  mutating func importGlobal(module: String, name: String) throws(CheckpointError) {
    let meaning = TorchGlobal(module: module, name: name)
    let full = "\(module).\(name)"
    if meaning == nil, policy == .refuse {
      throw .refusedGlobal(global: full, byteOffset: opcodeOffset)
    }
    try checkLimit(globals.count, PickleLimits.globalCount, "number of imports in the pickle")
    globals.append(Global(name: full, byteOffset: opcodeOffset, meaning: meaning))
    try push(.global(Int32(globals.count - 1)))
  }

  mutating func push(_ storage: TorchStorage) throws(CheckpointError) {
    storages.append(storage)
    try push(.storage(Int32(storages.count - 1)))
  }

  mutating func push(_ tensor: TorchTensor) throws(CheckpointError) {
    try checkLimit(tensors.count, Int(CheckpointLimits.tensorCount), "tensor count")
    tensors.append(tensor)
    try push(.tensor(Int32(tensors.count - 1)))
  }

  // MARK: Primitives

  /// An error at the current opcode.
  func invalid(_ reason: String) -> CheckpointError {
    .invalidPickle(byteOffset: opcodeOffset, reason: reason)
  }

  func checkLimit(
    _ count: Int, _ limit: Int, _ what: @autoclosure () -> String
  ) throws(CheckpointError) {
    if count >= limit {
      throw .limitExceeded(
        what: what(), byteOffset: opcodeOffset, value: UInt64(count) + 1, limit: UInt64(limit))
    }
  }

  mutating func number<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ what: @autoclosure () -> String
  ) throws(CheckpointError) -> Integer {
    try mapBytesErrors { () throws(BytesError) in try reader.integer(Integer.self, what()) }
  }
}

/// The limits of one pickle, far above those of any file of weights.
enum PickleLimits {
  /// Bytes of a pickle: 64 MiB.
  ///
  /// A tensor takes some 150; the largest published files have pickles below 1 MB.
  static let byteCount = 64 << 20
  /// Values of a pickle: 1 Mi, which take 24 MB.
  ///
  /// A tensor takes about 20, so this is enough for 50,000; published files have up to 2,000.
  static let valueCount = 1 << 20
  /// Values on the stack: 256 Ki.
  ///
  /// TorchScript puts all attributes of an object on it, and Python 1,000 entries of a dictionary.
  static let stackCount = 256 << 10
  /// Marks that are open at a time.
  ///
  /// Each is a container inside another; published files have up to 40.
  static let markCount = 1_000
  /// Names that a pickle imports.
  ///
  /// A TorchScript archive imports one class for each of its modules.
  static let globalCount = 100_000
  /// Containers inside each other in a state dictionary.
  static let depth = 64
}
