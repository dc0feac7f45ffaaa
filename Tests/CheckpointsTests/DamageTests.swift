import Bytes
import Checkpoints
import Testing

/// Truncates at every byte and changes every byte in three ways: opening must throw a typed error
/// or stay in bounds.
@Suite struct DamageTests {
  @Test func damagedGGUF() throws {
    checkMutations(of: try DamageTests.smallGGUF(), format: "GGUF")
  }

  @Test func damagedSafetensors() throws {
    checkMutations(of: try DamageTests.smallSafetensors(), format: "safetensors")
  }

  /// A value of each metadata type, an array of each kind, and tensors in three types.
  static func smallGGUF() throws -> [UInt8] {
    var writer = try GGUFWriter(alignment: 16)
    try writer.setMetadata("u8", .uint8(1))
    try writer.setMetadata("i8", .int8(-1))
    try writer.setMetadata("u16", .uint16(2))
    try writer.setMetadata("i16", .int16(-2))
    try writer.setMetadata("u32", .uint32(3))
    try writer.setMetadata("i32", .int32(-3))
    try writer.setMetadata("f32", .float32(1.5))
    try writer.setMetadata("bool", .bool(true))
    try writer.setMetadata("text", .string("naïve"))
    try writer.setMetadata("texts", .array(.string(StringArray(["a", "", "日本"]))))
    try writer.setMetadata("bools", .array(.bool([true, false])))
    try writer.setMetadata("ints", .array(.int16([1, 2, 3])))
    try writer.setMetadata("u64", .uint64(4))
    try writer.setMetadata("i64", .int64(-4))
    try writer.setMetadata("f64", .float64(2.5))
    try writer.addTensor(
      name: "m", type: .f32, shape: [2, 3], source: .bytes(.init(repeating: 1, count: 24)))
    try writer.addTensor(
      name: "q", type: .q80, shape: [1, 32], source: .bytes(.init(repeating: 2, count: 34)))
    try writer.addTensor(name: "s", type: .f16, shape: [], source: .bytes([3, 4]))
    return try writer.encoded()
  }

  static func smallSafetensors() throws -> [UInt8] {
    var writer = SafetensorsWriter()
    try writer.setMetadata("format", "pt")
    try writer.setMetadata("escaped", "\"\\\n\u{1}🙂")
    try writer.addTensor(
      name: "m", type: .f32, shape: [2, 3], source: .bytes(.init(repeating: 1, count: 24)))
    try writer.addTensor(name: "b", type: .bf16, shape: [3], source: .bytes([1, 2, 3, 4, 5, 6]))
    try writer.addTensor(name: "e", type: .i64, shape: [0, 4], source: .bytes([]))
    try writer.addTensor(name: "s", type: .u8, shape: [], source: .bytes([9]))
    return try writer.encoded()
  }
}
