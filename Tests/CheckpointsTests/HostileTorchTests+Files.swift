import Bytes
import Checkpoints

extension HostileTorchTests {
  private static let good = P.state(("a", P.tensor()))

  // MARK: Archives

  func archives() -> [HostileTorch] {
    func zip(
      _ name: String, _ expected: String, _ mention: String, _ change: (inout RawZip) -> Void
    ) -> HostileTorch {
      .init(name, expected, mention, RawTorch.zip(Self.good, change))
    }
    let storage = 2
    return [
      zip("two storages of one name", "archive", "appears twice") {
        $0.members.append($0.members[storage])
      },
      zip("two pickles of one name", "archive", "appears twice") {
        $0.members.append($0.members[0])
      },
      zip("a second folder with a pickle", "unsupportedTorchFile", "2 members") {
        $0.members.append(RawZipMember("evil/data.pkl", Self.good))
      },
      zip("no pickle", "unsupportedTorchFile", "0 members") { $0.members.removeFirst() },
      zip("a pickle without folder", "unsupportedTorchFile", "0 members") {
        $0.members[0].name = Array("data.pkl".utf8)
      },
      zip("a member beside the folder", "unsupportedTorchFile", "run.sh") {
        $0.members.append(RawZipMember("run.sh"))
      },
      zip("another name in the local header", "archive", "another name") {
        $0.members[0].localName = Array("m/data.pk1".utf8)
      },
      zip("another size in the local header", "archive", "another size") {
        $0.members[storage].localByteCount = 3
      },
      zip("another method in the local header", "archive", "another method") {
        $0.members[0].localMethod = 8
      },
      zip("another CRC in the local header", "archive", "another CRC") {
        $0.members[0].localChecksum = 1
      },
      zip("two members in the same bytes", "archive", "share bytes") {
        $0.members.append(RawZipMember("m/data/1", RawTorch.numbers));
        $0.members[3].localOffset = 0; $0.members[3].name = $0.members[0].name;
        $0.members[3].content = $0.members[0].content;
        $0.members[0].name = Array("m/data.pkl".utf8); $0.members[3].name = Array("m/data.pkl".utf8)
      },
      zip("a compressed pickle", "unsupportedTorchFile", "compressed") {
        $0.members[0].method = 8; $0.members[0].byteCount = 10
      },
      zip("a compressed storage", "invalidStorage", "compressed") {
        $0.members[storage].method = 8
      },
      zip("an unknown compression", "archive", "method 99") { $0.members[storage].method = 99 },
      zip("a bomb", "archive", "expanded size") {
        $0.members[storage].method = 8; $0.members[storage].byteCount = 2 << 30
      },
      zip("an encrypted pickle", "archive", "encrypted") { $0.members[0].flags = 1 },
      zip("a damaged pickle", "archive", "damaged") { $0.members[0].checksum = 7 },
      zip("a path upwards", "archive", "..") { $0.members.append(RawZipMember("m/../../x")) },
      zip("an absolute path", "archive", "absolute path") {
        $0.members.append(RawZipMember("/etc/x"))
      },
      zip("a path with a backslash", "archive", "backslash") {
        $0.members.append(RawZipMember("m\\x"))
      },
      zip("a member beyond the end", "archive", "local header") {
        $0.members[storage].localOffset = 1 << 20
      },
      zip("a member larger than the file", "archive", "needs") {
        $0.members[storage].compressedByteCount = 1 << 30; $0.members[storage].byteCount = 1 << 30
      },
      zip("a ZIP64 size that is missing", "archive", "ZIP64") {
        $0.members[storage].byteCount = .max
      },
      zip("a ZIP64 record that lies", "archive", "end records disagree") {
        $0.end64 = { offset, count, entries, here in
          RawZip.end64(offset: UInt64(offset), byteCount: UInt64(count), count: 9, here: here)
        }
      },
      zip("a second end record in the comment", "archive", "follow the end record") {
        $0.comment = [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 20)
      },
      zip("bytes after the end record", "archive", "follow the end record") { $0.trailing = [1] },
      zip("bytes before the end record", "archive", "central directory") { $0.beforeEnd = [1] },
      zip("a false data descriptor", "archive", "data descriptor") {
        $0.members[0].flags = 8; $0.members[0].descriptor = [UInt8](repeating: 1, count: 16)
      },
      zip("more members than there are", "archive", "member count") { $0.entryCount = 60_000 },
      zip("a big-endian file", "unsupportedTorchFile", "byte order is 'big'") {
        $0.members[1].content = Array("big".utf8)
      },
      zip("a byte order of a megabyte", "unsupportedTorchFile", "byte order") {
        $0.members[1].content = [UInt8](repeating: 0x61, count: 1 << 20)
      },
    ]
  }

  // MARK: Other containers

  func containers() -> [HostileTorch] {
    let tar =
      [UInt8](repeating: 0x61, count: 257) + Array("ustar".utf8) + [UInt8](repeating: 0, count: 250)
    let keys: [String] = []
    return [
      .init("a tar archive", "unsupportedTorchFile", "tar archive", tar),
      .init(
        "a pickle of something else", "unsupportedTorchFile", "not one of torch.save", Self.good),
      .init(
        "a pickle of protocol 8", "unsupportedTorchFile", "not one of torch.save", [0x80, 8, 0x2E]),
      .init(
        "legacy: another protocol", "unsupportedTorchFile", "protocol version",
        RawTorch.legacy(Self.good, version: 1002)),
      .init(
        "legacy: big-endian", "unsupportedTorchFile", "big-endian",
        RawTorch.legacy(Self.good, isLittleEndian: false)),
      .init("legacy: only the magic number", "bytes.truncated", "PROTO", RawTorch.magic),
      .init(
        "legacy: a key that no tensor uses", "invalidStorage", "used by no tensor",
        RawTorch.legacy(Self.good, keys: ["0", "1"], counts: [4, 4])),
      .init(
        "legacy: a key twice", "invalidStorage", "listed twice",
        RawTorch.legacy(Self.good, keys: ["0", "0"], counts: [4, 4])),
      .init(
        "legacy: no keys", "hole", "belong to no tensor", RawTorch.legacy(Self.good, keys: keys)),
      .init(
        "legacy: no keys and no storages", "invalidStorage", "not in the file",
        RawTorch.legacy(Self.good, keys: keys, counts: [])),
      .init(
        "legacy: another count", "invalidStorage", "has 5 elements",
        RawTorch.legacy(Self.good, counts: [5])),
      .init(
        "legacy: a negative count", "invalidStorage", "elements",
        RawTorch.legacy(Self.good, counts: [-1])),
      .init(
        "legacy: bytes after the storages", "hole", "belong to no tensor",
        RawTorch.legacy(Self.good, trailing: [0])),
      .init(
        "legacy: a storage cut short", "bytes.truncated", "storage 0",
        RawTorch.legacy(Self.good, numbers: [1])),
      .init(
        "legacy: keys that are numbers", "invalidPickle", "not a string",
        RawTorch.magic + P.proto + P.integer(1001) + P.stop + P.state() + Self.good + P.proto
          + P.emptyList + P.mark + P.integer(0) + P.appends + P.stop),
      .init(
        "legacy: a view of a storage", "invalidPickle", "before 0.4",
        RawTorch.legacy(
          P.state(
            ("a", P.tensor(P.storage(more: P.tuple(P.text("0"), P.integer(0), P.integer(4)))))))),
    ]
  }

  // MARK: Storages and tensors

  func storages() -> [HostileTorch] {
    func file(_ name: String, _ expected: String, _ mention: String, _ storage: [UInt8])
      -> HostileTorch
    {
      .init(name, expected, mention, RawTorch.zip(P.state(("a", P.tensor(storage)))))
    }
    return [
      file("a storage that is missing", "invalidStorage", "not in the archive", P.storage("1")),
      file("a storage by a path", "invalidStorage", "not in the archive", P.storage("../data.pkl")),
      file("a storage of too few bytes", "invalidStorage", "16 bytes, not 5", P.storage(count: 5)),
      file(
        "a storage of too many bytes", "tensorOutsideStorage", "which has 3", P.storage(count: 3)),
      file("a storage of 2^62 elements", "invalidStorage", "16 bytes", P.storage(count: 1 << 62)),
      file("a storage of -1 elements", "invalidPickle", "-1 elements", P.storage(count: -1)),
      file(
        "a storage of another width", "invalidStorage", "16 bytes",
        P.storage(type: P.global("torch", "DoubleStorage"))),
      file(
        "a storage whose type is a string", "invalidPickle", "BINPERSID",
        P.storage(type: P.text("FloatStorage"))),
      file(
        "a storage whose type is a function", "invalidPickle", "BINPERSID",
        P.storage(type: P.global("torch._utils", "_rebuild_tensor_v2"))),
      file(
        "a storage of complex numbers of 128 bits", "refusedGlobal", "ComplexDoubleStorage",
        P.storage(type: P.global("torch", "ComplexDoubleStorage"))),
      file(
        "a storage of quantised numbers", "refusedGlobal", "QInt8Storage",
        P.storage(type: P.global("torch", "QInt8Storage"))),
      file(
        "a persistent id that is a string", "invalidPickle", "BINPERSID",
        P.text("storage") + P.persistent),
      file(
        "a persistent module", "invalidPickle", "BINPERSID",
        P.tuple(P.text("module"), P.none, P.text("0"), P.text("cpu"), P.integer(4)) + P.persistent),
      file("a key with an escape", "invalidName", "control characters", P.storage("\u{1B}[2J")),
      file("an empty key", "invalidName", "empty", P.storage("")),
      file(
        "an untyped storage", "invalidPickle", "without a type",
        P.storage(type: P.global("torch.storage", "UntypedStorage"), count: 16)),
    ]
  }

  func tensors() -> [HostileTorch] {
    func file(_ name: String, _ expected: String, _ mention: String, _ tensor: [UInt8])
      -> HostileTorch
    {
      .init(name, expected, mention, RawTorch.legacy(P.state(("a", tensor))))
    }
    let rebuild = P.global("torch._utils", "_rebuild_tensor_v2")
    let typed = P.global("torch._utils", "_rebuild_tensor_v3")
    let big = 1 << 62
    return [
      file(
        "an offset beyond the storage", "tensorOutsideStorage", "from element 1",
        P.tensor(offset: 1)),
      file(
        "an offset of 2^62", "tensorOutsideStorage", "which has 4",
        P.tensor(offset: big, size: [], strides: [])),
      file("a negative offset", "invalidPickle", "negative offset", P.tensor(offset: -1)),
      file(
        "a negative stride", "invalidPickle", "negative", P.tensor(offset: 3, strides: [-2, -1])),
      file("a negative size", "invalidPickle", "negative", P.tensor(size: [-2, 2])),
      file(
        "a stride beyond the storage", "tensorOutsideStorage", "needs 6 elements",
        P.tensor(strides: [4, 1])),
      file(
        "a size beyond the storage", "tensorOutsideStorage", "needs 6 elements",
        P.tensor(size: [3, 2])),
      file(
        "one element many times", "tensorOutsideStorage", "needs 1099511627776",
        P.tensor(size: [1 << 40], strides: [0])),
      file(
        "sizes whose product wraps to 4", "bytes.overflow", "64 bits",
        P.tensor(size: [1 << 32, 1 << 32, 4], strides: [0, 0, 0])),
      file(
        "sizes whose product wraps beside a zero", "bytes.overflow", "64 bits",
        P.tensor(size: [0, 1 << 32, 1 << 32], strides: [0, 0, 0])),
      file("a stride that wraps", "bytes.overflow", "64 bits", P.tensor(size: [5], strides: [big])),
      file(
        "strides whose sum wraps", "bytes.overflow", "64 bits",
        P.tensor(size: [2, 2], strides: [Int.max, Int.max])),
      file(
        "one stride for two dimensions", "invalidPickle", "2 dimensions and 1 strides",
        P.tensor(strides: [1])),
      file(
        "seventeen dimensions", "limitExceeded", "number of dimensions",
        P.tensor(size: .init(repeating: 1, count: 17), strides: .init(repeating: 1, count: 17))),
      file(
        "a size that is a string", "invalidPickle", "the size is a string",
        rebuild + P.tuple(P.storage(), P.integer(0), P.text("22"), P.integers([2, 1])) + P.reduce),
      file(
        "a size of floats", "invalidPickle", "not an integer",
        rebuild
          + P.tuple(
            P.storage(), P.integer(0), P.tuple([0x47, 0x40, 0, 0, 0, 0, 0, 0, 0]), P.integers([1]))
          + P.reduce),
      file(
        "a tensor without strides", "invalidPickle", "needs a storage",
        rebuild + P.tuple(P.storage(), P.integer(0), P.integers([4])) + P.reduce),
      file("a tensor of a tensor", "invalidPickle", "needs a storage", P.tensor(P.tensor())),
      file(
        "a tensor of nine arguments", "invalidPickle", "needs a storage",
        P.tensor(more: P.none + P.none + P.none)),
      file(
        "a tensor with the flag neg", "invalidPickle", "properties",
        P.tensor(more: P.dictionary([("neg", [0x88])]))),
      file(
        "a typed tensor without a type", "invalidPickle", "without a type",
        typed
          + P.tuple(
            P.storage(type: P.global("torch", "UntypedStorage"), count: 16), P.integer(0),
            P.integers([4]), P.integers([1]), [0x89], P.none, P.text("torch.float32")) + P.reduce),
      file(
        "a typed tensor beyond its bytes", "tensorOutsideStorage", "which has 2",
        typed
          + P.tuple(
            P.storage(type: P.global("torch", "UntypedStorage"), count: 16), P.integer(0),
            P.integers([4]), P.integers([1]), [0x89], P.none, P.global("torch", "float64"))
          + P.reduce),
      file(
        "a parameter of nothing", "invalidPickle", "without arguments",
        P.global("torch._utils", "_rebuild_parameter") + P.emptyTuple + P.reduce),
    ]
  }

  // MARK: State dictionaries

  func states() -> [HostileTorch] {
    func file(_ name: String, _ expected: String, _ mention: String, _ pickle: [UInt8])
      -> HostileTorch
    {
      .init(name, expected, mention, RawTorch.zip(pickle))
    }
    return [
      file("a number", "noStateDictionary", "an integer", P.proto + P.integer(1) + P.stop),
      file("an empty dictionary", "noStateDictionary", "no tensors", P.state()),
      file("settings only", "noStateDictionary", "no tensors", P.state(("a", P.integer(1)))),
      file(
        "an optimizer without weights", "noStateDictionary", "no tensors",
        P.state(("model", P.emptyDictionary), ("optimizer", P.dictionary([("a", P.tensor())])))),
      file(
        "an object without attributes", "noStateDictionary", "no tensors",
        P.proto + P.global("__torch__.M", "M") + P.emptyTuple + P.newobj + P.stop),
      file(
        "one name twice", "duplicateTensor", "'a'", P.state(("a", P.tensor()), ("a", P.tensor()))),
      file(
        "one name in two ways", "duplicateTensor", "'a.b'",
        P.state(("a.b", P.tensor()), ("a", P.dictionary([("b", P.tensor())])))),
      file(
        "one setting twice", "duplicateKey", "'a'",
        P.state(("a", P.integer(1)), ("a", P.integer(2)), ("b", P.tensor()))),
      file(
        "a tensor name with an escape", "invalidName", "control characters",
        P.state(("a\u{1B}[2J", P.tensor()))),
      file("an empty name", "invalidName", "empty", P.state(("", P.tensor()))),
      file(
        "a name of 2,000 bytes", "invalidName", "2001 bytes",
        P.state((String(repeating: "a", count: 2_000), P.tensor()))),
      file(
        "a key that is a tensor", "noStateDictionary", "is a tensor",
        P.proto + P.emptyDictionary + P.tensor() + P.tensor() + [0x73] + P.stop),
    ] + [manyViews()]
  }

  /// 100 transposed views of one storage of 4 KB.
  private func manyViews() -> HostileTorch {
    let view = P.tensor(P.storage(count: 1_024), size: [32, 32], strides: [1, 32])
    let entries = (0..<100).map { ("\($0)", $0 == 0 ? view + [0x71, 0] : [0x68, 0]) }
    return .init(
      "transposed views of one storage without end", "limitExceeded", "not contiguous",
      RawTorch.zip(
        P.proto + P.dictionary(entries) + P.stop,
        storages: [("0", [UInt8](repeating: 0, count: 4_096))]))
  }
}
