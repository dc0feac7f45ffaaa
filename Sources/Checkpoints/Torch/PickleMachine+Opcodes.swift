internal import Bytes

extension PickleMachine {
  mutating func execute(_ opcode: PickleOpcode) throws(CheckpointError) {
    switch opcode {
    case .none: try push(.none)
    case .newtrue: try push(.bool(true))
    case .newfalse: try push(.bool(false))
    case .binint: try push(.integer(Int64(try number("integer") as Int32)))
    case .binint1: try push(.integer(Int64(try number("integer") as UInt8)))
    case .binint2: try push(.integer(Int64(try number("integer") as UInt16)))
    case .long1: try pushLong(byteCount: Int(try number("length of an integer") as UInt8))
    case .binfloat:
      try push(.float(Double(bitPattern: UInt64(bigEndian: try number("float")))))
    case .binunicode: try pushText(UInt64(try number("length of a string") as UInt32))
    case .shortBinunicode, .shortBinstring:
      try pushText(UInt64(try number("length of a string") as UInt8))
    case .binstring, .binunicode8, .binbytes, .shortBinbytes, .binbytes8, .long4:
      try pushLongData(opcode)
    default: try executeContainer(opcode)
    }
  }

  private mutating func executeContainer(_ opcode: PickleOpcode) throws(CheckpointError) {
    switch opcode {
    case .emptyTuple: try push(.tuple([]))
    case .emptyList: try push(.list([]))
    case .emptyDict: try push(.dictionary([]))
    case .tuple: try push(.tuple(try popMarked()))
    case .tuple1: try pushTuple(of: 1)
    case .tuple2: try pushTuple(of: 2)
    case .tuple3: try pushTuple(of: 3)
    case .mark:
      try checkLimit(marks.count, PickleLimits.markCount, "depth of the pickle")
      marks.append(stack.count)
    case .append: try extendTop(by: [try pop()], opcode)
    case .appends: try extendTop(by: try popMarked(), opcode)
    case .setitem:
      let value = try pop()
      try setItems([try pop(), value], opcode)
    case .setitems: try setItems(try popMarked(), opcode)
    default: try executeMemo(opcode)
    }
  }

  private mutating func executeMemo(_ opcode: PickleOpcode) throws(CheckpointError) {
    switch opcode {
    case .binput: try store(at: Int(try number("memo position") as UInt8))
    case .longBinput: try store(at: Int(try number("memo position") as UInt32))
    case .memoize: try store(at: memo.count)
    case .binget: try load(at: Int(try number("memo position") as UInt8))
    case .longBinget: try load(at: Int(try number("memo position") as UInt32))
    default: try executeObject(opcode)
    }
  }

  private mutating func executeObject(_ opcode: PickleOpcode) throws(CheckpointError) {
    switch opcode {
    case .global:
      let module = try line("module")
      try importGlobal(module: module, name: try line("name"))
    case .stackGlobal: try stackGlobal()
    case .binpersid: try pushStorage(try pop())
    case .reduce:
      let arguments = try pop()
      try call(try pop(), arguments)
    case .newobj:
      let arguments = try pop()
      try instantiate(try pop(), arguments)
    case .build: try build(state: try pop())
    default:
      guard policy == .survey else {
        throw .refusedOpcode(opcode: opcode.name, byteOffset: opcodeOffset)
      }
      try survey(opcode)
    }
  }

  // MARK: Scalars

  /// LONG1: a little-endian integer in two's complement.
  private mutating func pushLong(byteCount: Int) throws(CheckpointError) {
    let bytes = try bytes(UInt64(byteCount), "integer")
    guard bytes.count <= 8 else { return try push(.opaque) }
    var pattern: UInt64 = bytes.last.map { $0 >= 0x80 } == true ? .max : 0
    for byte in bytes.reversed() { pattern = pattern << 8 | UInt64(byte) }
    try push(.integer(Int64(bitPattern: pattern)))
  }

  /// Strings, bytes and integers with a long length.
  private mutating func pushLongData(_ opcode: PickleOpcode) throws(CheckpointError) {
    switch opcode {
    case .binstring: try pushText(UInt64(try number("length of a string") as UInt32))
    case .binunicode8: try pushText(try number("length of a string"))
    case .shortBinbytes: try skip(UInt64(try number("length of bytes") as UInt8))
    case .binbytes, .long4: try skip(UInt64(try number("length of bytes") as UInt32))
    default: try skip(try number("length of bytes"))
    }
  }

  mutating func skip(_ byteCount: UInt64) throws(CheckpointError) {
    try mapBytesErrors { () throws(BytesError) in
      try reader.require(byteCount, "bytes")
      _ = try reader.skip(Int(byteCount), "bytes")  // at most the bytes left
    }
    try push(.opaque)
  }

  private mutating func pushText(_ byteCount: UInt64) throws(CheckpointError) {
    guard let text = String(validating: try bytes(byteCount, "string"), as: UTF8.self) else {
      throw invalid("a string is not UTF-8")
    }
    try push(.text(text))
  }

  mutating func bytes(_ byteCount: UInt64, _ what: String) throws(CheckpointError) -> [UInt8] {
    try mapBytesErrors { () throws(BytesError) in
      try reader.require(byteCount, what)
      return try reader.bytes(Int(byteCount), what)  // at most the bytes left
    }
  }

  /// A text up to the end of the line, as GLOBAL has two.
  mutating func line(_ what: String) throws(CheckpointError) -> String {
    var text: [UInt8] = []
    while true {
      let byte: UInt8 = try number(what)
      if byte == UInt8(ascii: "\n") { break }
      try checkLimit(text.count, Int(CheckpointLimits.nameByteCount), "length of a \(what)")
      text.append(byte)
    }
    if policy == .survey { return String(decoding: text, as: UTF8.self) }
    return try checkedName(text, what: what, byteOffset: opcodeOffset)
  }

  // MARK: Containers

  private mutating func pushTuple(of count: Int) throws(CheckpointError) {
    var elements: [PickleID] = []
    for _ in 0..<count { elements.append(try pop()) }
    try push(.tuple(elements.reversed()))
  }

  private mutating func setItems(
    _ items: [PickleID], _ opcode: PickleOpcode
  ) throws(CheckpointError) {
    guard items.count.isMultiple(of: 2) else { throw invalid("a key without a value") }
    try extendTop(by: items, opcode, isDictionary: true)
  }

  private mutating func extendTop(
    by items: [PickleID], _ opcode: PickleOpcode, isDictionary: Bool = false
  ) throws(CheckpointError) {
    guard stack.count > (marks.last ?? 0), let top = stack.last else {
      throw invalid("a value is missing on the stack")
    }
    if !extend(top, by: items, isDictionary: isDictionary), policy == .refuse {
      throw invalid("\(opcode.name) on \(self[top].kind)")
    }
  }

  // MARK: The memo

  private mutating func store(at position: Int) throws(CheckpointError) {
    guard let top = stack.last else { throw invalid("a value is missing on the stack") }
    try checkLimit(position, PickleLimits.valueCount, "memo position")
    remember(top, at: position)
  }

  /// Sets a position of the memo, which the caller has checked.
  mutating func remember(_ id: PickleID, at position: Int) {
    if position >= memo.count {
      memo.append(contentsOf: repeatElement(nil, count: position + 1 - memo.count))
    }
    memo[position] = id
  }

  func remembered(_ position: Int) -> PickleID? {
    memo.indices.contains(position) ? memo[position] : nil
  }

  private mutating func load(at position: Int) throws(CheckpointError) {
    guard let id = remembered(position) else {
      throw invalid("memo position \(position) was never set")
    }
    try push(id)
  }
}
