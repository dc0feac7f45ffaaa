import Bytes
import Checkpoints
import Testing

/// Defects of other GGUF readers, from their security advisories.
@Suite struct HostileGGUFTests {
  @Test func everyHostileFileIsRefusedWithItsOwnError() {
    check(
      headers() + counts() + names() + values() + arrays() + alignments() + dimensions() + types()
        + ranges(),
      format: "GGUF", least: 120)
  }

  private func file(
    _ name: String, _ expected: String, _ change: (inout RawGGUF) -> Void
  ) -> HostileFile {
    var raw = RawGGUF()
    change(&raw)
    return HostileFile(name: name, expected: expected, bytes: raw.bytes)
  }

  private func headers() -> [HostileFile] {
    var files: [HostileFile] = []
    for byteCount in [0, 1, 3] {
      let bytes = Array("GGUF".utf8.prefix(byteCount))
      files.append(
        .init(name: "\(byteCount) bytes", expected: "unrecognizedFormat", bytes: bytes))
    }
    let whole = RawGGUF().bytes
    for byteCount in [4, 7, 8, 15, 16, 23] {
      files.append(
        .init(
          name: "header of \(byteCount) bytes", expected: "bytes.truncated",
          bytes: Array(whole.prefix(byteCount))))
    }
    for magic in ["GGML", "GGJT", "FUGG", "gguf", "\0\0\0\0"] {
      files.append(
        file("magic \(magic.debugDescription)", "unrecognizedFormat") {
          $0.magic = Array(magic.utf8)
        })
    }
    for version: UInt32 in [0, 1, 4, 5, 0xFFFF_FFFF] {
      files.append(file("version \(version)", "unsupportedVersion") { $0.version = version })
    }
    for version: UInt32 in [1, 2, 3] {
      files.append(
        file("big-endian version \(version)", "bigEndian") {
          $0.version = version.byteSwapped
        })
    }
    return files
  }

  private func counts() -> [HostileFile] {
    var files: [HostileFile] = []
    // 2^64 / 24 and 2^64 / 48: llama.cpp's products wrapped at the sizes of its own structs.
    let wrapping: [UInt64] = [
      1, 1 << 32, 1 << 63, .max, .max / 24 + 1, .max / 48 + 1, UInt64(Int.max),
    ]
    for count in wrapping {
      files.append(file("\(count) entries, none there", "limitExceeded") { $0.entryCount = count })
      files.append(
        file("\(count) tensors, none there", "limitExceeded") {
          $0.tensorCount = count
        })
    }
    files.append(
      file("65,537 entries of zeros", "limitExceeded") {
        $0.entryCount = 65_537
        $0.data = [UInt8](repeating: 0, count: 65_537 * 14)
      })
    files.append(
      file("100,001 tensors of zeros", "limitExceeded") {
        $0.tensorCount = 100_001
        $0.data = [UInt8](repeating: 0, count: 100_001 * 25)
      })
    return files
  }

  private func names() -> [HostileFile] {
    var files: [HostileFile] = []
    let bad: [(String, [UInt8])] = [
      ("empty", []), ("with NUL", [0x61, 0, 0x62]), ("with ESC", [0x61, 0x1B, 0x5B]),
      ("with line end", [0x61, 0x0A]), ("with DEL", [0x7F]),
      ("of 1,025 bytes", .init(repeating: 0x61, count: 1_025)),
      ("with a lone continuation byte", [0x80]), ("with an overlong form", [0xC0, 0xAF]),
      ("with a surrogate", [0xED, 0xA0, 0x80]), ("cut inside a character", [0xF0, 0x9F, 0x99]),
    ]
    for (what, bytes) in bad {
      files.append(
        file("key \(what)", "invalidName") {
          $0.entries = [rawString(bytes) + le(UInt32(4)) + le(UInt32(1))]
          $0.data = [0]
        })
      files.append(
        file("tensor name \(what)", "invalidName") {
          $0.tensors = [rawTensor(bytes, dimensions: [1])]
          $0.data = .init(repeating: 0, count: 32)
        })
    }
    for stated: UInt64 in [.max, 1 << 63, 1 << 32, 100] {
      files.append(
        file("key of \(stated) bytes", "limitExceeded") {
          $0.entries = [rawString([0x61], statedByteCount: stated) + le(UInt32(0)) + [0, 0]]
        })
      files.append(
        file("tensor name of \(stated) bytes", "limitExceeded") {
          $0.tensors = [rawString([0x61], statedByteCount: stated) + .init(repeating: 0, count: 16)]
        })
    }
    files.append(
      file("one key twice", "duplicateKey") {
        $0.entries = [rawEntry("a", 0, [1]), rawEntry("a", 0, [2])]
      })
    files.append(
      file("one key in two normal forms", "duplicateKey") {
        $0.entries = [rawEntry("\u{E9}", 0, [1]), rawEntry("e\u{301}", 0, [2])]
      })
    files.append(
      file("one tensor twice", "duplicateTensor") {
        $0.tensors = [
          rawTensor("a", dimensions: [1]), rawTensor("a", dimensions: [1], offset: 32),
        ]
        $0.data = .init(repeating: 0, count: 64)
      })
    return files
  }

  private func values() -> [HostileFile] {
    var files: [HostileFile] = []
    for id: UInt32 in [13, 14, 255, 0xFFFF_FFFF] {
      files.append(
        file("value of type \(id)", "unknownValueType") {
          $0.entries = [rawEntry("a", id, .init(repeating: 0, count: 16))]
        })
      files.append(
        file("array of type \(id)", "unknownValueType") {
          $0.entries = [rawEntry("a", 9, rawArray(id, count: 1, [0]))]
        })
    }
    // Each scalar lacks one byte. A key of two letters keeps the entry above the minimum size.
    for (id, byteCount): (UInt32, Int) in [
      (2, 2), (3, 2), (4, 4), (5, 4), (6, 4), (10, 8), (11, 8), (12, 8),
    ] {
      files.append(
        file("cut value of type \(id)", "bytes.truncated") {
          $0.entries = [rawEntry("long key", id, .init(repeating: 0, count: byteCount - 1))]
        })
    }
    for value: UInt8 in [2, 0x80, 0xFF] {
      files.append(
        file("Boolean \(value)", "invalidBoolean") {
          $0.entries = [rawEntry("a", 7, [value])]
        })
      files.append(
        file("array with Boolean \(value)", "invalidBoolean") {
          $0.entries = [rawEntry("a", 9, rawArray(7, count: 3, [0, 1, value]))]
        })
    }
    for stated: UInt64 in [.max, 1 << 63, .max - 7, 17 << 20, 4] {
      files.append(
        file("string of \(stated) bytes", "limitExceeded") {
          $0.entries = [rawEntry("a", 8, rawString([1, 2, 3], statedByteCount: stated))]
        })
    }
    files.append(
      .init(
        name: "string above 16 MiB that is there", expected: "limitExceeded",
        bytes: RawGGUF(
          entries: [rawEntry("a", 8, rawString(.init(repeating: 0x61, count: 16 << 20 + 1)))]
        ).bytes))
    return files
  }

  private func arrays() -> [HostileFile] {
    var files: [HostileFile] = []
    for id: UInt32 in [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12] {
      // 2^61 eight-byte elements take 2^64 bytes, which wraps to none.
      for count: UInt64 in [1 << 61, .max] {
        files.append(
          file("array of \(count) elements of type \(id)", "limitExceeded") {
            $0.entries = [
              rawEntry("a", 9, rawArray(id, count: count, .init(repeating: 0, count: 8)))
            ]
          })
      }
    }
    files.append(
      file("array of arrays", "nestedArray") {
        $0.entries = [rawEntry("a", 9, rawArray(9, count: 1, rawArray(0, count: 1, [1])))]
      })
    files.append(
      file("43-byte file with 2^63 arrays", "nestedArray") {
        $0.entries = [rawEntry("abcdef", 9, rawArray(9, count: 1 << 63))]
      })
    files.append(
      file("array one element short", "limitExceeded") {
        $0.entries = [rawEntry("a", 9, rawArray(4, count: 3, .init(repeating: 0, count: 8)))]
      })
    files.append(
      file("array of strings with a length that wraps", "limitExceeded") {
        $0.entries = [
          rawEntry(
            "a", 9, rawArray(8, count: 2, rawString("x") + rawString([0], statedByteCount: .max)))
        ]
      })
    files.append(
      file("array of strings that ends early", "bytes.truncated") {
        $0.entries = [
          rawEntry("a", 9, rawArray(8, count: 2, rawString("eight more") + [0, 0, 0]))
        ]
      })
    files.append(
      file("17 Mi elements that are there", "limitExceeded") {
        $0.entries = [
          rawEntry("a", 9, rawArray(0, count: 17 << 20, .init(repeating: 0, count: 17 << 20)))
        ]
      })
    return files
  }

  private func alignments() -> [HostileFile] {
    var files: [HostileFile] = []
    for value: UInt32 in [0, 1, 2, 4, 7, 12, 24, 33, 65_537, 131_072, 1 << 31, .max] {
      files.append(
        file("alignment \(value)", "invalidAlignment") {
          $0.entries = [rawEntry("general.alignment", 4, le(value))]
        })
    }
    for (id, payload): (UInt32, [UInt8]) in [
      (0, [32]), (2, le(UInt16(32))), (5, le(Int32(32))), (6, le(Float(32).bitPattern)),
      (8, rawString("32")), (9, rawArray(4, count: 1, le(UInt32(32)))), (10, le(UInt64(32))),
    ] {
      files.append(
        file("alignment of type \(id)", "invalidAlignment") {
          $0.entries = [rawEntry("general.alignment", id, payload)]
        })
    }
    return files
  }

  private func dimensions() -> [HostileFile] {
    var files: [HostileFile] = []
    func tensor(
      _ name: String, _ expected: String, _ dimensions: [UInt64], count: UInt32? = nil,
      type: UInt32 = 0
    ) {
      files.append(
        file(name, expected) {
          $0.tensors = [
            rawTensor("w", dimensions: dimensions, dimensionCount: count, type: type)
          ]
          $0.data = .init(repeating: 0, count: 64)
        })
    }
    tensor("5 dimensions", "tooManyDimensions", [1, 1, 1, 1, 1])
    tensor("2^32 - 1 dimensions", "tooManyDimensions", [1], count: .max)
    tensor("zero first dimension", "invalidDimension", [0, 4])
    tensor("zero last dimension", "invalidDimension", [4, 0])
    tensor("zero only dimension", "invalidDimension", [0])
    tensor("dimension 2^63", "invalidDimension", [1 << 63])
    tensor("dimension -1", "invalidDimension", [.max, 1])
    tensor("2^32 by 2^32", "bytes.overflow", [1 << 32, 1 << 32])
    tensor("2^16 to the fourth", "bytes.overflow", [1 << 16, 1 << 16, 1 << 16, 1 << 16])
    tensor(
      "product that wraps to a small one", "bytes.overflow",
      [4_194_305, 4_194_305, 211_106_198_978_564])
    tensor("2^61 numbers of 4 bytes", "bytes.overflow", [1 << 61])
    tensor("2^62 + 32 numbers in Q8_0", "bytes.overflow", [1 << 62 + 32, 2], type: 8)
    tensor("exabytes for megabytes", "tensorOutsideFile", [1 << 40, 1 << 18])
    tensor("2^63 - 256 numbers in Q2_K", "tensorOutsideFile", [1 << 63 - 256], type: 10)
    return files
  }

  private func types() -> [HostileFile] {
    var files: [HostileFile] = []
    // Ids that were removed from ggml, that exceed its last one, or that we use for safetensors'
    // own types.
    for id: UInt32 in [4, 5, 31, 32, 33, 36, 37, 38, 42, 999, 0x5AFE_0000, 0x5AFE_0004, .max] {
      files.append(
        file("tensor of type \(id)", "unknownTensorType") {
          $0.tensors = [rawTensor("w", dimensions: [32], type: id)]
          $0.data = .init(repeating: 0, count: 256)
        })
    }
    for type in TensorType.allCases where type.blockElementCount > 1 {
      files.append(
        file("half a block of \(type.name)", "partialBlock") {
          $0.tensors = [
            rawTensor(
              "w", dimensions: [UInt64(type.blockElementCount) / 2, 2], type: type.rawValue)
          ]
          $0.data = .init(repeating: 0, count: 512)
        })
    }
    return files
  }

  private func ranges() -> [HostileFile] {
    var files: [HostileFile] = []
    func two(
      _ name: String, _ expected: String, _ first: (UInt64, UInt64), _ second: (UInt64, UInt64),
      dataByteCount: Int = 256
    ) {
      files.append(
        file(name, expected) {
          $0.tensors = [
            rawTensor("a", dimensions: [first.1], offset: first.0),
            rawTensor("b", dimensions: [second.1], offset: second.0),
          ]
          $0.data = .init(repeating: 0, count: dataByteCount)
        })
    }
    two("two tensors in one place", "overlap", (0, 8), (0, 8))
    two("a tensor in another's end", "overlap", (0, 9), (32, 8))
    two("a tensor inside another", "overlap", (0, 64), (64, 8))
    two("an overlap against the order", "overlap", (32, 8), (0, 9))
    two("offset 1", "misaligned", (0, 1), (1, 1))
    two("offset 16", "misaligned", (0, 1), (16, 1))
    two("offset 2^64 - 1", "misaligned", (0, 1), (.max, 1))
    two("offset 2^64 - 32", "tensorOutsideFile", (0, 1), (.max - 31, 8))
    two("offset 2^64 - 32 and a size that wraps", "tensorOutsideFile", (0, 1), (.max - 31, 16))
    two("offset 2^63", "tensorOutsideFile", (0, 1), (1 << 63, 1))
    two("offset at the end", "tensorOutsideFile", (0, 1), (256, 1))
    two("offset beyond the end", "tensorOutsideFile", (0, 1), (512, 1))
    two("one number too many", "tensorOutsideFile", (0, 1), (224, 9))
    two("data cut by one byte", "tensorOutsideFile", (0, 1), (224, 8), dataByteCount: 255)
    two("no data", "tensorOutsideFile", (0, 1), (32, 1), dataByteCount: 0)
    files.append(
      file("sizes whose sum wraps", "tensorOutsideFile") {
        $0.tensors = (0..<4).map {
          rawTensor("t\($0)", dimensions: [1 << 60], offset: UInt64($0) << 62)
        }
      })
    // The fields of a tensor info after a name long enough for the least size of a record.
    let name = String(repeating: "n", count: 24)
    let whole = RawGGUF(tensors: [rawTensor(name, dimensions: [1, 1])]).bytes
    for (cut, what) in [(58, "dimension count"), (70, "dimension"), (78, "type"), (82, "offset")] {
      files.append(
        .init(
          name: "cut in the \(what)", expected: "bytes.truncated", bytes: Array(whole.prefix(cut))))
    }
    return files
  }
}
