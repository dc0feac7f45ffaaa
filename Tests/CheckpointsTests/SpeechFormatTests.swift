import Bytes
import Checkpoints
import Foundation
import Testing

/// Files of whisper.cpp and CTranslate2: what valid ones contain, and every way to damage them.
@Suite struct SpeechFormatTests {
  /// A builder of the little-endian fields of both formats.
  private struct Fields {
    var bytes: [UInt8] = []

    mutating func append<Integer: FixedWidthInteger>(_ value: Integer) {
      withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    /// CTranslate2's strings: the length counts the NUL.
    mutating func append(terminated text: String) {
      append(UInt16(text.utf8.count + 1))
      bytes += Array(text.utf8) + [0]
    }
  }

  // MARK: whisper.cpp

  /// One tensor of whisper.cpp's layout; dimensions innermost first.
  private static func tensor(
    _ name: String, _ dimensions: [Int32], type: Int32, byteCount: Int
  ) -> [UInt8] {
    var fields = Fields()
    fields.append(Int32(dimensions.count))
    fields.append(Int32(name.utf8.count))
    fields.append(type)
    for dimension in dimensions { fields.append(dimension) }
    return fields.bytes + Array(name.utf8) + [UInt8](repeating: 7, count: byteCount)
  }

  private static func ggml(
    filters: (Int32, Int32) = (2, 3), tokens: [[UInt8]] = [[0x61], [0xC3], []],
    tensors: [[UInt8]] = [
      tensor("m", [3, 2], type: 0, byteCount: 24), tensor("q", [32, 1], type: 8, byteCount: 34),
    ]
  ) -> [UInt8] {
    var fields = Fields(bytes: Array("lmgg".utf8))
    for size in 1...11 { fields.append(Int32(size)) }
    fields.append(filters.0)
    fields.append(filters.1)
    let count = max(0, min(64, Int(filters.0) * Int(filters.1))) * 4
    fields.bytes += [UInt8](repeating: 0, count: count)
    fields.append(Int32(tokens.count))
    for token in tokens {
      fields.append(Int32(token.count))
      fields.bytes += token
    }
    return fields.bytes + tensors.flatMap { $0 }
  }

  @Test func whisperCppContents() throws {
    let checkpoint = try open(Self.ggml())
    #expect(checkpoint.format == .whisperGGML)
    #expect(try checkpoint.metadata.integer("hparams.n_vocab") == 1)
    #expect(try checkpoint.metadata.integer("hparams.ftype") == 11)
    #expect(try checkpoint.metadata.strings("vocab.tokens")?.count == 3)
    #expect(checkpoint.tensors.map(\.name) == ["m", "q"])
    #expect(checkpoint.tensor(named: "m")?.shape == [2, 3])
    #expect(checkpoint.tensor(named: "q")?.type == .q80)
    checkPromises(checkpoint, "whisper.cpp")
  }

  @Test func damagedWhisperCpp() { checkMutations(of: Self.ggml(), format: "whisper.cpp") }

  @Test func hostileWhisperCpp() {
    func file(_ name: String, _ expected: String, _ bytes: [UInt8]) -> HostileFile {
      HostileFile(name: name, expected: expected, bytes: bytes)
    }
    func tensors(_ tensors: [UInt8]...) -> [UInt8] { Self.ggml(tensors: tensors) }
    let huge: Int32 = .max
    check(
      [
        file("magic alone", "bytes.truncated", Array("lmgg".utf8)),
        file("negative filters", "limitExceeded", Self.ggml(filters: (-1, 3))),
        file("filters beyond the file", "bytes.overflow", Self.ggml(filters: (huge, huge))),
        file(
          "name of no bytes", "invalidName", tensors(Self.tensor("", [1], type: 0, byteCount: 4))),
        file(
          "control character", "invalidName",
          tensors(Self.tensor("a\u{1B}", [1], type: 0, byteCount: 4))),
        file(
          "unknown type", "unknownTensorType", tensors(Self.tensor("a", [1], type: 4, byteCount: 4))
        ),
        file(
          "negative type", "unknownTensorType",
          tensors(Self.tensor("a", [1], type: -1, byteCount: 4))),
        file(
          "five dimensions", "tooManyDimensions",
          tensors(Self.tensor("a", [1, 1, 1, 1, 1], type: 0, byteCount: 4))),
        file(
          "no dimensions", "tooManyDimensions", tensors(Self.tensor("a", [], type: 0, byteCount: 4))
        ),
        file(
          "dimension 0", "invalidDimension", tensors(Self.tensor("a", [0], type: 0, byteCount: 0))),
        file(
          "dimension -1", "invalidDimension", tensors(Self.tensor("a", [-1], type: 0, byteCount: 4))
        ),
        file(
          "half a block", "partialBlock", tensors(Self.tensor("a", [16], type: 8, byteCount: 17))),
        file(
          "overflowing size", "bytes.overflow",
          tensors(Self.tensor("a", [huge, huge, huge, huge], type: 0, byteCount: 4))),
        file(
          "data beyond the file", "bytes.truncated",
          tensors(Self.tensor("a", [1000], type: 0, byteCount: 4))),
        file(
          "one name twice", "duplicateTensor",
          tensors(
            Self.tensor("a", [1], type: 0, byteCount: 4),
            Self.tensor("a", [1], type: 0, byteCount: 4))),
      ], format: "whisper.cpp", least: 15)
  }

  // MARK: CTranslate2

  private struct Variable {
    var name: String
    var dimensions: [UInt32] = []
    var type: UInt8 = 0
    var stated: UInt32?
    var data: [UInt8] = []
  }

  private static let variables = [
    Variable(name: "heads", type: 2, data: [8, 0]), Variable(name: "flag", type: 1, data: [1]),
    Variable(name: "m", dimensions: [2, 3], data: .init(repeating: 1, count: 24)),
    Variable(name: "h", dimensions: [3], type: 4, data: .init(repeating: 2, count: 6)),
  ]

  private static func cTranslate2(
    version: UInt32 = 6, _ variables: [Variable] = variables, count: UInt32? = nil,
    aliases: [(String, String)] = [], trailing: [UInt8] = []
  ) -> [UInt8] {
    var fields = Fields()
    fields.append(version)
    fields.append(terminated: "WhisperSpec")
    fields.append(UInt32(3))
    fields.append(count ?? UInt32(variables.count))
    for variable in variables {
      fields.append(terminated: variable.name)
      fields.append(UInt8(variable.dimensions.count))
      for dimension in variable.dimensions { fields.append(dimension) }
      fields.append(variable.type)
      fields.append(variable.stated ?? UInt32(variable.data.count))
      fields.bytes += variable.data
    }
    fields.append(UInt32(aliases.count))
    for (alias, name) in aliases {
      fields.append(terminated: alias)
      fields.append(terminated: name)
    }
    return fields.bytes + trailing
  }

  @Test func cTranslate2Contents() throws {
    let checkpoint = try open(Self.cTranslate2(aliases: [("n", "m")]))
    #expect(checkpoint.format == .cTranslate2)
    #expect(try checkpoint.metadata.string("specification") == "WhisperSpec")
    #expect(try checkpoint.metadata.integer("heads") == 8)
    #expect(checkpoint.tensors.map(\.name) == ["m", "h", "n"])
    let (m, n) = (checkpoint.tensor(named: "m"), checkpoint.tensor(named: "n"))
    #expect(m?.shape == [2, 3] && n?.byteRange == m?.byteRange)
    #expect(checkpoint.tensor(named: "h")?.type == .f16)
    checkPromises(try open(Self.cTranslate2()), "CTranslate2")
  }

  @Test func damagedCTranslate2() {
    checkMutations(of: Self.cTranslate2(), format: "CTranslate2")
  }

  @Test func hostileCTranslate2() {
    func file(_ name: String, _ expected: String, _ bytes: [UInt8]) -> HostileFile {
      HostileFile(name: name, expected: expected, bytes: bytes)
    }
    func one(_ variable: Variable) -> [UInt8] { Self.cTranslate2([variable]) }
    let largest: UInt32 = .max
    check(
      [
        file("another version", "unsupportedVersion", Self.cTranslate2(version: 5)),
        file("more variables than bytes", "limitExceeded", Self.cTranslate2(count: largest)),
        file(
          "unknown type", "unknownTensorType", one(Variable(name: "a", dimensions: [1], type: 6))),
        file(
          "stated size", "sizeMismatch",
          one(Variable(name: "a", dimensions: [2], stated: 4, data: [0, 0, 0, 0]))),
        file("dimension 0", "invalidDimension", one(Variable(name: "a", dimensions: [0]))),
        file(
          "overflowing size", "bytes.overflow",
          one(Variable(name: "a", dimensions: [largest, largest, largest]))),
        file(
          "many dimensions", "tooManyDimensions",
          one(Variable(name: "a", dimensions: .init(repeating: 1, count: 17)))),
        file(
          "data beyond the file", "bytes.truncated",
          one(Variable(name: "a", dimensions: [1000], stated: 4000))),
        file("empty name", "invalidName", one(Variable(name: "", dimensions: [1]))),
        file("control character", "invalidName", one(Variable(name: "a\n", dimensions: [1]))),
        file(
          "one name twice", "duplicateTensor",
          Self.cTranslate2([Self.variables[2], Self.variables[2]])),
        file(
          "one number twice", "duplicateKey",
          Self.cTranslate2([Self.variables[0], Self.variables[0]])),
        file("alias of nothing", "missingTensor", Self.cTranslate2(aliases: [("n", "x")])),
        file("alias of a name in use", "duplicateTensor", Self.cTranslate2(aliases: [("h", "m")])),
        file("bytes after the end", "hole", Self.cTranslate2(trailing: [0])),
      ], format: "CTranslate2", least: 15)
  }
}
