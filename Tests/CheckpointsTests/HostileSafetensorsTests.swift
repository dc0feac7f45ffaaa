import Bytes
import Checkpoints
import Testing

/// The findings of the safetensors audit and of later reports, and the promises of the format.
@Suite struct HostileSafetensorsTests {
  @Test func everyHostileFileIsRefusedWithItsOwnError() {
    check(lengths() + syntax() + strings() + fields() + ranges(), format: "safetensors", least: 60)
  }

  private func file(_ name: String, _ expected: String, _ header: String, _ dataByteCount: Int = 0)
    -> HostileFile
  {
    .init(
      name: name, expected: expected,
      bytes: rawSafetensors(header, dataByteCount: dataByteCount))
  }

  private func lengths() -> [HostileFile] {
    var files: [HostileFile] = []
    for stated: UInt64 in [100_000_001, 1 << 32, 1 << 63, .max] {
      files.append(
        .init(
          name: "header of \(stated) bytes", expected: "limitExceeded",
          bytes: rawSafetensors(Array("{}".utf8), statedByteCount: stated)))
    }
    for stated: UInt64 in [3, 100, 100_000_000] {
      files.append(
        .init(
          name: "header of \(stated) bytes in a file of 10", expected: "bytes.truncated",
          bytes: rawSafetensors(Array("{}".utf8), statedByteCount: stated)))
    }
    for stated: UInt64 in [0, 1] {
      files.append(
        .init(
          name: "header of \(stated) bytes before a brace", expected: "invalidHeader",
          bytes: rawSafetensors(Array("{}".utf8), statedByteCount: stated)))
    }
    for text in ["", " {}", "[]", "\u{FEFF}{}", "\"a\"", "\n{}"] {
      files.append(file("header \(text.debugDescription)", "unrecognizedFormat", text))
    }
    return files
  }

  private func syntax() -> [HostileFile] {
    [
      "{", "{} x", "{}\n", "{}\0", "{}}", "{\"a\"}", "{\"a\":}", "{\"a\":{}", "{,}", "{a:1}",
      "{'a':{}}", "{\"a\":null}", "{\"a\":[]}", "{\"a\":1}", "{\"__metadata__\":[]}",
      "{\"__metadata__\":{\"a\":1}}", "{\"__metadata__\":{\"a\":null}}",
      "{\"__metadata__\":{\"a\":{}}}", "{\"__metadata__\":{},}", "{/**/}", "{\"a\" {}}",
      "{" + String(repeating: "{", count: 5_000),
      "{\"a\":" + String(repeating: "[", count: 5_000),
      "{\"__metadata__\":" + String(repeating: "{\"a\":", count: 5_000),
    ].enumerated().map { index, text in
      file("syntax \(index): \(text.prefix(30).debugDescription)", "invalidHeader", text)
    }
  }

  private func strings() -> [HostileFile] {
    let inMetadata = [
      "\\x", "\\u12", "\\u12G4", "\\uD800", "\\uD800\\n", "\\uD800\\u0041", "\\uDC00", "\\uD83D\\",
      "\n", "\u{1}",
    ].map { text in
      file(
        "metadata value \(text.debugDescription)", "invalidHeader",
        "{\"__metadata__\":{\"a\":\"\(text)\"}}")
    }
    let bytes: [(String, [UInt8])] = [
      ("not UTF-8", [0xFF]), ("overlong", [0xC0, 0xAF]), ("a surrogate", [0xED, 0xA0, 0x80]),
      ("a cut character", [0xE2, 0x82]),
    ]
    let notUTF8 = bytes.map { what, bytes in
      HostileFile(
        name: "a name that is \(what)", expected: "invalidHeader",
        bytes: rawSafetensors(Array("{\"".utf8) + bytes + Array("\":{}}".utf8)))
    }
    let names = [
      ("empty", ""), ("with NUL", "\\u0000"), ("with ESC", "\\u001b[2J"), ("with DEL", "\\u007f"),
      ("of 1,025 bytes", String(repeating: "n", count: 1_025)),
    ].flatMap { what, name in
      [
        file("tensor name \(what)", "invalidName", "{\"\(name)\":{}}"),
        file("metadata key \(what)", "invalidName", "{\"__metadata__\":{\"\(name)\":\"\"}}"),
      ]
    }
    return inMetadata + notUTF8 + names
  }

  private func fields() -> [HostileFile] {
    func tensor(_ name: String, _ expected: String, _ fields: String) -> HostileFile {
      file(name, expected, "{\"a\":{\(fields)}}", 8)
    }
    let good = "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]"
    let one = "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}"
    let two = "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}"
    var files = [
      tensor("no fields", "invalidHeader", ""),
      tensor("no dtype", "invalidHeader", "\"shape\":[2],\"data_offsets\":[0,8]"),
      tensor("no shape", "invalidHeader", "\"dtype\":\"F32\",\"data_offsets\":[0,8]"),
      tensor("no offsets", "invalidHeader", "\"dtype\":\"F32\",\"shape\":[2]"),
      tensor("dtype twice", "invalidHeader", good + ",\"dtype\":\"F32\""),
      tensor("shape twice", "invalidHeader", good + ",\"shape\":[2]"),
      tensor("offsets twice", "invalidHeader", good + ",\"data_offsets\":[0,8]"),
      tensor("a further field", "invalidHeader", good + ",\"strides\":[1]"),
      file("one tensor twice", "duplicateTensor", "{\"a\":\(one),\"a\":\(two)}", 8),
      file("one name, escaped", "duplicateTensor", "{\"a\":\(one),\"\\u0061\":\(two)}", 8),
      file(
        "one name in two normal forms", "duplicateTensor",
        "{\"\u{E9}\":\(one),\"e\u{301}\":\(two)}", 8),
      file("metadata twice", "duplicateKey", "{\"__metadata__\":{},\"__metadata__\":{}}"),
      file("a metadata key twice", "duplicateKey", "{\"__metadata__\":{\"a\":\"\",\"a\":\"b\"}}"),
    ]
    for dtype in ["F31", "f32", "", "Q8_0", "F4", "F6_E2M3", "BOOLEAN", "F32 "] {
      files.append(
        tensor(
          "dtype \(dtype.debugDescription)", "unknownTensorType",
          "\"dtype\":\"\(dtype)\",\"shape\":[2],\"data_offsets\":[0,8]"))
    }
    for number in ["-1", "1.0", "1e3", "02", "\"2\"", "null", "", "+2", "[2]", "0x2"] {
      files.append(
        tensor(
          "dimension \(number)", "invalidHeader",
          "\"dtype\":\"F32\",\"shape\":[\(number),1],\"data_offsets\":[0,8]"))
    }
    let long = [String](repeating: "1", count: 17).joined(separator: ",")
    files += [
      tensor(
        "dtype as number", "invalidHeader", "\"dtype\":32,\"shape\":[2],\"data_offsets\":[0,8]"),
      tensor(
        "17 dimensions", "limitExceeded",
        "\"dtype\":\"F64\",\"shape\":[\(long)],\"data_offsets\":[0,8]"),
      tensor(
        "three offsets", "limitExceeded",
        "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4,8]"),
      tensor("one offset", "invalidHeader", "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]"),
      tensor(
        "a dimension of 2^64", "bytes.overflow",
        "\"dtype\":\"F32\",\"shape\":[18446744073709551616],\"data_offsets\":[0,8]"),
      tensor(
        "a dimension of 2^63", "invalidDimension",
        "\"dtype\":\"F32\",\"shape\":[9223372036854775808],\"data_offsets\":[0,8]"),
      tensor(
        "the product that a C++ port missed", "bytes.overflow",
        "\"dtype\":\"F32\",\"shape\":[4194305,4194305,211106198978564],\"data_offsets\":[0,8]"),
      tensor(
        "2^61 + 1 numbers of 8 bytes", "bytes.overflow",
        "\"dtype\":\"F64\",\"shape\":[2305843009213693953],\"data_offsets\":[0,8]"),
    ]
    return files
  }

  private func ranges() -> [HostileFile] {
    func one(
      _ name: String, _ expected: String, _ begin: String, _ end: String, _ dataByteCount: Int = 8
    ) -> HostileFile {
      file(
        name, expected,
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[\(begin),\(end)]}}",
        dataByteCount)
    }
    func tensor(_ name: String, _ count: Int, _ begin: Int, _ end: Int) -> String {
      "\"\(name)\":{\"dtype\":\"U8\",\"shape\":[\(count)],\"data_offsets\":[\(begin),\(end)]}"
    }
    let limit = (0...100_000).map { tensor("\($0)", 0, 0, 0) }.joined(separator: ",")
    return [
      one("a range too short", "sizeMismatch", "0", "7"),
      one("a range too long", "sizeMismatch", "0", "9", 9),
      one("a range backwards", "sizeMismatch", "8", "0"),
      one("a range that wraps", "sizeMismatch", "18446744073709551612", "4"),
      one("a range beyond the end", "tensorOutsideFile", "8", "16"),
      one("a range at 2^63", "tensorOutsideFile", "9223372036854775808", "9223372036854775816"),
      one("data cut by one byte", "tensorOutsideFile", "0", "8", 7),
      one("no data", "tensorOutsideFile", "0", "8", 0),
      one("a hole in front", "hole", "4", "12", 12),
      one("trailing bytes", "hole", "0", "8", 9),
      file("a hole between", "hole", "{\(tensor("a", 2, 0, 2)),\(tensor("b", 2, 3, 5))}", 5),
      file("one range for two", "overlap", "{\(tensor("a", 2, 0, 2)),\(tensor("b", 2, 0, 2))}", 2),
      file("an overlap", "overlap", "{\(tensor("a", 4, 0, 4)),\(tensor("b", 4, 2, 6))}", 6),
      file(
        "an overlap against the order", "overlap",
        "{\(tensor("b", 4, 2, 6)),\(tensor("a", 4, 0, 4))}", 6),
      file(
        "an empty tensor inside one", "overlap",
        "{\(tensor("a", 4, 0, 4)),\(tensor("b", 0, 2, 2))}", 4),
      file("no tensors, but data", "hole", "{}", 1),
      file("100,001 tensors", "limitExceeded", "{\(limit)}"),
      file(
        "65,537 metadata entries", "limitExceeded",
        "{\"__metadata__\":{"
          + (0...65_536).map { "\"\($0)\":\"\"" }.joined(separator: ",") + "}}"),
    ]
  }
}
