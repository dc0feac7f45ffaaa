// Opcodes that no file of weights needs, executed only to find the names that follow them.

internal import Bytes

extension PickleMachine {
  mutating func survey(_ opcode: PickleOpcode) throws(CheckpointError) {
    switch opcode {
    case .int, .long, .float, .string, .unicode, .persid:
      let text = try line("value")
      // STRING has quotation marks, and a name may be put together from such strings.
      if opcode == .string || opcode == .unicode {
        return try push(.text(text.trimmingQuotationMarks))
      }
      try push(.opaque)
    case .get:
      let position = Int(try line("memo position")) ?? -1
      if let id = remembered(position) { try push(id) } else { try push(.opaque) }
    case .put:
      let position = Int(try line("memo position")) ?? -1
      if let top = stack.last, (0..<PickleLimits.valueCount).contains(position) {
        remember(top, at: position)
      }
    case .dup: if let top = stack.last { try push(top) }
    case .pop:
      // Python keeps marks on the stack, so POP may remove one.
      if stack.count > (marks.last ?? 0) { stack.removeLast() } else { _ = marks.popLast() }
    case .popMark: _ = try popMarked()
    case .ext1: try importExtension(Int(try number("extension code") as UInt8))
    case .ext2: try importExtension(Int(try number("extension code") as UInt16))
    case .ext4: try importExtension(Int(try number("extension code") as UInt32))
    default: try surveyObject(opcode)
    }
  }

  private mutating func surveyObject(_ opcode: PickleOpcode) throws(CheckpointError) {
    switch opcode {
    case .inst:
      let module = try line("module")
      let name = try line("name")
      _ = try popMarked()
      try importGlobal(module: module, name: name)
    case .obj, .dict, .list, .frozenset:
      _ = try popMarked()
      try push(.opaque)
    case .additems: _ = try popMarked()
    case .newobjEx:
      for _ in 0..<3 { _ = try pop() }
      try push(.opaque)
    case .bytearray8:
      try skip(try number("length of bytes"))
    case .proto: let _: UInt8 = try number("protocol")
    case .readonlyBuffer: break
    default: try push(.opaque)  // EMPTY_SET, NEXT_BUFFER
    }
  }

  /// EXT1 to EXT4 name a global by a number that only the reading program knows.
  private mutating func importExtension(_ code: Int) throws(CheckpointError) {
    try importGlobal(module: "copyreg.extension", name: "\(code)")
  }
}

extension String {
  fileprivate var trimmingQuotationMarks: String {
    guard count >= 2, let first, first == last, first == "'" || first == "\"" else { return self }
    return String(dropFirst().dropLast())
  }
}
