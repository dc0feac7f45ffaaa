import Bytes
import Checkpoints
import Testing

/// Files of PyTorch that would run a program in Python, that two readers would read differently, or
/// that lie about sizes: each is refused by name, and nothing of it is called.
@Suite struct HostileTorchTests {
  typealias P = RawPickle

  struct HostileTorch {
    let name: String
    /// The case of `CheckpointError`.
    let expected: String
    /// A part of the message.
    let mention: String
    let bytes: [UInt8]

    init(_ name: String, _ expected: String, _ mention: String, _ bytes: [UInt8]) {
      (self.name, self.expected, self.mention, self.bytes) = (name, expected, mention, bytes)
    }
  }

  @Test func everyHostileFileIsRefusedByName() {
    let files =
      imports() + opcodes() + structures() + limits() + archives() + containers() + storages()
      + tensors() + states()
    var names: Set<String> = []
    for file in files {
      #expect(names.insert(file.name).inserted, "two hostile files are called \(file.name)")
      do throws(CheckpointError) {
        let checkpoint = try open(file.bytes)
        Issue.record("'\(file.name)' opened with \(checkpoint.tensors.map(\.name))")
      } catch {
        #expect(caseName(error) == file.expected, "'\(file.name)': \(error)")
        #expect(error.path == "test" && error.description.contains(file.mention), "\(error)")
      }
    }
    print("PyTorch: \(files.count) hostile files")
    #expect(files.count >= 150)
  }

  /// The builders make a file that opens, so that each refusal has the cause that its name states.
  @Test func theUnchangedFileOpens() throws {
    for bytes in RawTorch.both(P.state(("a", P.tensor()))) {
      let checkpoint = try open(bytes)
      #expect(checkpoint.tensors.map(\.name) == ["a"] && checkpoint.tensors[0].shape == [2, 2])
      #expect(Array(checkpoint.bytes(of: checkpoint.tensors[0])) == RawTorch.numbers)
    }
  }

  // MARK: Names

  /// Names of published bypasses of scanners and of `weights_only`, and names that only look like
  /// permitted ones.
  static let names: [(String, String)] = [
    ("os", "system"), ("posix", "system"), ("nt", "system"), ("subprocess", "Popen"),
    ("subprocess", "check_output"), ("builtins", "eval"), ("builtins", "exec"),
    ("builtins", "getattr"), ("builtins", "__import__"), ("builtins", "open"),
    ("builtins", "compile"), ("__builtin__", "eval"), ("builtins", "set"), ("runpy", "_run_code"),
    ("torch", "load"), ("torch.serialization", "load"),
    ("torch.jit.unsupported_tensor_ops", "execWrapper"),
    ("torch.utils._config_module", "load_config"), ("torch._dynamo.guards", "GuardBuilder.get"),
    ("torch.utils.bottleneck.__main__", "run_cprofile"),
    ("torch.fx.experimental.symbolic_shapes", "ShapeEnv.evaluate_guards_expression"),
    ("pip", "main"), ("pip._internal.cli.main", "main"), ("ensurepip", "_run_pip"),
    ("asyncio.unix_events", "_UnixSubprocessTransport._start"),
    ("numpy.testing._private.utils", "runstring"), ("numpy.f2py.crackfortran", "getlincoef"),
    ("timeit", "timeit"), ("code", "InteractiveInterpreter.runcode"), ("pdb", "run"),
    ("doctest", "debug_script"), ("cProfile", "run"), ("profile", "Profile.run"),
    ("trace", "Trace.run"), ("bdb", "Bdb.run"), ("idlelib.run", "Executive.runcode"),
    ("lib2to3.pgen2.grammar", "Grammar.loads"), ("pickle", "loads"), ("_pickle", "loads"),
    ("marshal", "loads"), ("types", "FunctionType"), ("operator", "attrgetter"),
    ("functools", "partial"), ("importlib", "import_module"), ("webbrowser", "open"),
    ("ctypes", "CDLL"), ("socket", "create_connection"), ("shutil", "rmtree"), ("sys", "modules"),
    ("linecache", "getline"), ("uuid", "_get_command_stdout"), ("_pyrepl.pager", "pipe_pager"),
    ("distutils.file_util", "write_file"), ("numpy.core.multiarray", "_reconstruct"),
    ("_codecs", "encode"), ("collections", "Counter"), ("torch", "_C"), ("torch", "Tensor"),
    ("torch._utils", "_rebuild_tensor_v2.__globals__"), ("torch._utils", "_rebuild_qtensor"),
    ("torch._tensor", "_rebuild_from_type_v2"), ("torch.cuda", "FloatStorage"),
    ("Torch", "FloatStorage"), ("torch ", "FloatStorage"), ("__torch__evil", "Module"),
    ("collections", "OrderedDict "), ("torch.FloatStorage", "__init__"),
  ]

  private func imports() -> [HostileTorch] {
    Self.names.flatMap { module, name in
      let call = P.global(module, name) + P.tuple(P.text("id")) + P.reduce
      let full = "\(module).\(name)"
      return [
        HostileTorch(
          "\(full) called", "refusedGlobal", full,
          RawTorch.zip(P.state(("a", P.tensor()), ("b", call)))),
        HostileTorch(
          "\(full) named by strings", "refusedGlobal", full,
          RawTorch.legacy(P.state(("a", P.text(module) + P.text(name) + [0x93])))),
      ]
    } + indirectImports()
  }

  private func indirectImports() -> [HostileTorch] {
    let stackGlobal: [UInt8] = [0x93]
    let put: (UInt8) -> [UInt8] = { [0x71, $0] }
    let get: (UInt8) -> [UInt8] = { [0x68, $0] }
    func file(_ name: String, _ expected: String, _ mention: String, _ value: [UInt8])
      -> HostileTorch
    {
      .init(name, expected, mention, RawTorch.zip(P.state(("a", value))))
    }
    return [
      file(
        "a name put together from the memo", "refusedGlobal", "os.system",
        P.tuple(P.text("system") + put(1), P.text("os") + put(2), get(2) + get(1) + stackGlobal)),
      file(
        "a name that is a number", "invalidPickle", "STACK_GLOBAL",
        P.integer(1) + P.text("os") + stackGlobal),
      file(
        "a name of another alphabet", "refusedGlobal", "collectiоns.OrderedDict",
        P.global("collectiоns", "OrderedDict")),
      file(
        "a name without end", "limitExceeded", "length of a module",
        [0x63] + [UInt8](repeating: 0x61, count: 5_000)),
      file(
        "a name with an escape", "invalidName", "control characters",
        P.global("torch\u{1B}[2J", "x")),
      file(
        "a storage type that is called", "invalidPickle", "REDUCE of a type",
        P.global("torch", "FloatStorage") + P.integers([1 << 40]) + P.reduce),
      file(
        "a data type that is called", "invalidPickle", "REDUCE of a type",
        P.global("torch", "float32") + P.emptyTuple + P.reduce),
      file(
        "a script class that is called", "invalidPickle", "REDUCE of a type",
        P.global("__torch__.os", "system") + P.tuple(P.text("id")) + P.reduce),
      file(
        "a script class with arguments", "invalidPickle", "NEWOBJ",
        P.global("__torch__.M", "M") + P.tuple(P.text("id")) + P.newobj),
      file(
        "an instance of OrderedDict", "invalidPickle", "NEWOBJ",
        P.global("collections", "OrderedDict") + P.emptyTuple + P.newobj),
      file(
        "a string that is called", "invalidPickle", "REDUCE of a string",
        P.text("os.system") + P.emptyTuple + P.reduce),
      file(
        "a tensor that is called", "invalidPickle", "REDUCE of a tensor",
        P.tensor() + P.emptyTuple + P.reduce),
      file(
        "a call without a tuple", "invalidPickle", "REDUCE",
        P.global("collections", "OrderedDict") + P.emptyList + P.reduce),
      file(
        "the attributes of a tensor", "invalidPickle", "BUILD of a tensor",
        P.tensor() + P.dictionary([("__setstate__", P.none)]) + P.build),
      file(
        "the attributes of a function", "invalidPickle", "BUILD of a global",
        P.global("torch._utils", "_rebuild_tensor_v2") + P.emptyDictionary + P.build),
      file(
        "attributes set twice", "invalidPickle", "BUILD of an object",
        P.global("__torch__.M", "M") + P.emptyTuple + P.newobj + P.emptyDictionary + P.build
          + P.emptyDictionary + P.build),
      file(
        "a dictionary built from a tensor", "invalidPickle", "BUILD of a dictionary",
        P.emptyDictionary + P.tensor() + P.build),
    ]
  }

  // MARK: Opcodes

  private func opcodes() -> [HostileTorch] {
    let line = Array("x\n".utf8)
    let refused: [(String, [UInt8])] = [
      ("INST", P.mark + Array("ios\nsystem\n".utf8)), ("OBJ", P.mark + P.none + [0x6F]),
      ("NEWOBJ_EX", P.none + P.emptyTuple + P.emptyDictionary + [0x92]),
      ("EXT1", [0x82, 1]), ("EXT2", [0x83, 1, 0]), ("EXT4", [0x84, 1, 0, 0, 0]),
      ("PERSID", [0x50] + line), ("GET", [0x67] + Array("0\n".utf8)),
      ("PUT", P.none + [0x70] + Array("0\n".utf8)), ("STRING", [0x53] + Array("'x'\n".utf8)),
      ("UNICODE", [0x56] + line), ("INT", [0x49] + Array("1\n".utf8)),
      ("LONG", [0x4C] + Array("1L\n".utf8)), ("FLOAT", [0x46] + Array("1.0\n".utf8)),
      ("DUP", P.none + [0x32]), ("POP", P.none + [0x30]), ("POP_MARK", P.mark + [0x31]),
      ("DICT", P.mark + [0x64]), ("LIST", P.mark + [0x6C]), ("EMPTY_SET", [0x8F]),
      ("FROZENSET", P.mark + [0x91]), ("BYTEARRAY8", [0x96] + P.little(0, 8)),
      ("NEXT_BUFFER", [0x97]), ("READONLY_BUFFER", [0x98]), ("ADDITEMS", P.mark + [0x90]),
      ("PROTO", [0x80, 2]),
    ]
    return refused.map { name, bytes in
      HostileTorch(
        "opcode \(name)", "refusedOpcode", name, RawTorch.zip(P.state(("a", bytes))))
    }
  }

  private func structures() -> [HostileTorch] {
    func pickle(_ name: String, _ expected: String, _ mention: String, _ bytes: [UInt8])
      -> HostileTorch
    {
      .init(name, expected, mention, RawTorch.zip(bytes))
    }
    let good = P.state(("a", P.tensor()))
    let frame: (UInt64) -> [UInt8] = { [0x95] + P.little($0, 8) }
    return [
      pickle("an empty pickle", "bytes.truncated", "PROTO", []),
      pickle("protocol 0", "invalidPickle", "starts with PROTO", Array("cos\nsystem\n.".utf8)),
      pickle("protocol 1", "invalidPickle", "protocol 1", [0x80, 1] + good.dropFirst(2)),
      pickle("protocol 6", "invalidPickle", "protocol 6", [0x80, 6] + good.dropFirst(2)),
      pickle("no STOP", "bytes.truncated", "opcode", good.dropLast()),
      pickle("STOP on an empty stack", "invalidPickle", "0 values", P.proto + P.stop),
      pickle(
        "STOP with two values", "invalidPickle", "2 values", P.proto + P.none + P.none + P.stop),
      pickle("STOP with a mark", "invalidPickle", "STOP", P.proto + P.none + P.mark + P.stop),
      pickle("a byte that is not an opcode", "invalidPickle", "0xff", P.proto + [0xFF]),
      pickle("two pickles", "invalidPickle", "follow the pickle", good + good),
      pickle("bytes after STOP", "invalidPickle", "1 bytes follow", good + [0]),
      pickle(
        "a memo position that was never set", "invalidPickle", "memo position 7",
        P.state(("a", [0x68, 7]))),
      pickle(
        "a large memo position that was never set", "invalidPickle", "memo position",
        P.state(("a", [0x6A, 0xFF, 0xFF, 0xFF, 0x7F]))),
      pickle(
        "a frame beyond the end", "invalidPickle", "frame", P.proto + frame(1_000) + P.none + P.stop
      ),
      pickle(
        "a frame of 2^63 bytes", "invalidPickle", "frame",
        P.proto + frame(1 << 63) + P.none + P.stop),
      pickle(
        "a frame that ends inside an opcode", "invalidPickle", "beyond its frame",
        P.proto + frame(3) + P.text("abc") + P.stop),
      pickle(
        "a frame inside a frame", "invalidPickle", "frame begins inside",
        P.proto + frame(11) + frame(1) + P.none + P.stop),
      pickle(
        "STOP inside a frame", "invalidPickle", "frame", P.proto + frame(3) + P.none + P.stop + [0]),
      pickle(
        "a mark that is missing", "invalidPickle", "mark is missing",
        P.proto + P.none + P.tuple + P.stop),
      pickle(
        "a value below a mark", "invalidPickle", "value is missing",
        P.proto + P.none + P.mark + [0x85] + P.stop),
      pickle("a tuple of nothing", "invalidPickle", "value is missing", P.proto + [0x87] + P.stop),
      pickle(
        "a key without a value", "invalidPickle", "key without a value",
        P.proto + P.emptyDictionary + P.mark + P.text("a") + P.setItems + P.stop),
      pickle(
        "items of a list", "invalidPickle", "SETITEMS on a list",
        P.proto + P.emptyList + P.mark + P.text("a") + P.none + P.setItems + P.stop),
      pickle(
        "elements of a dictionary", "invalidPickle", "APPENDS on a dictionary",
        P.proto + P.emptyDictionary + P.mark + P.none + P.appends + P.stop),
      pickle(
        "elements of None", "invalidPickle", "APPEND on None",
        P.proto + P.none + P.none + [0x61] + P.stop),
      pickle(
        "an OrderedDict of numbers", "invalidPickle", "needs pairs",
        P.state(
          ("a", P.global("collections", "OrderedDict") + P.tuple(P.integers([1, 2])) + P.reduce))),
      pickle(
        "a string that is not UTF-8", "invalidPickle", "not UTF-8",
        P.proto + [0x58, 1, 0, 0, 0, 0xFF] + P.stop),
    ]
  }

  private func limits() -> [HostileTorch] {
    func pickle(_ name: String, _ expected: String, _ mention: String, _ value: [UInt8])
      -> HostileTorch
    {
      .init(name, expected, mention, RawTorch.zip(P.proto + value + P.stop))
    }
    let much = P.little(.max, 8)
    /// A tuple of the one before, twice, 100 times: 2^100 paths.
    let laughs =
      P.tensor() + [0x71, 0] + (0..<100).flatMap { _ in [0x68, 0, 0x86, 0x71, 0] as [UInt8] }
    let shared = P.emptyList + P.mark + (0..<20_000).flatMap { _ in P.emptyTuple } + P.appends
    let wide = P.mark + (0..<1_000).flatMap { _ in P.tensor() } + P.tuple
    /// A thousand names of one list of two thousand numbers.
    let lists =
      P.mark + P.emptyList + [0x71, 0] + P.mark + (0..<2_000).flatMap { _ in P.integer(1) }
      + P.appends + (0..<999).flatMap { _ in [0x68, 0] as [UInt8] } + P.tuple
    /// A list of one text of a megabyte, six hundred times.
    let texts =
      P.emptyList + P.mark + P.text(String(repeating: "x", count: 1 << 20)) + [0x71, 0]
      + (0..<599).flatMap { _ in [0x68, 0] as [UInt8] } + P.appends
    return [
      pickle(
        "one list under a thousand names", "limitExceeded", "state dictionary",
        P.emptyDictionary + P.text("a") + lists + [0x73] + P.text("w") + P.tensor() + [0x73]),
      pickle(
        "one text six hundred times", "limitExceeded", "strings",
        P.emptyDictionary + P.text("a") + texts + [0x73] + P.text("w") + P.tensor() + [0x73]),
      pickle("a string of 2^64 - 1 bytes", "bytes.truncated", "string", [0x8D] + much),
      pickle("a string of 4 GB", "bytes.truncated", "string", [0x58, 0xFF, 0xFF, 0xFF, 0xFF]),
      pickle("bytes of 2^64 - 1 bytes", "bytes.truncated", "bytes", [0x8E] + much),
      pickle("an integer of 4 GB", "bytes.truncated", "bytes", [0x8B, 0xFF, 0xFF, 0xFF, 0xFF]),
      pickle("an integer cut short", "bytes.truncated", "integer", [0x8A, 200, 1]),
      pickle(
        "a memo position of 2^32 - 1", "limitExceeded", "memo position",
        P.none + [0x72, 0xFF, 0xFF, 0xFF, 0xFF]),
      pickle(
        "a million marks", "limitExceeded", "depth", [UInt8](repeating: 0x28, count: 1_000_000)),
      pickle(
        "a stack of a million values", "limitExceeded", "stack",
        [UInt8](repeating: 0x4E, count: 1_100_000)),
      pickle(
        "three million values", "limitExceeded", "number of values",
        P.emptyList + (0..<3_000_000).flatMap { _ in [0x4E, 0x61] as [UInt8] }),
      pickle(
        "a hundred thousand tuples inside each other", "limitExceeded", "depth of the state",
        P.emptyDictionary + P.text("a") + P.tensor() + [UInt8](repeating: 0x85, count: 100_000) + [
          0x73
        ]),
      pickle(
        "two to the hundred paths", "limitExceeded", "state dictionary",
        P.emptyDictionary + P.text("a") + laughs + [0x73]),
      pickle(
        "a list inside itself", "limitExceeded", "depth",
        P.emptyDictionary + P.text("a") + P.emptyList + [0x71, 0, 0x68, 0, 0x61] + [0x73]),
      pickle(
        "a dictionary inside itself", "limitExceeded", "depth",
        P.emptyDictionary + [0x71, 0] + P.text("a") + [0x68, 0, 0x73]),
      pickle(
        "two million copies of pairs", "limitExceeded", "pairs",
        P.tuple(
          P.emptyList + P.mark + (0..<20_000).flatMap { _ in P.tuple(P.none, P.none) } + P.appends
            + [0x71, 0]
            + (0..<200).flatMap { _ in
              P.global("collections", "OrderedDict") + [0x68, 0, 0x85] + P.reduce
            })),
      pickle(
        "pairs that are not pairs", "invalidPickle", "pairs",
        P.global("collections", "OrderedDict") + P.tuple(shared) + P.reduce),
      pickle(
        "a tensor under a million names", "limitExceeded", "tensor count",
        P.emptyDictionary + P.text("a") + P.mark + wide + [0x71, 0]
          + (0..<200).flatMap { _ in [0x68, 0] as [UInt8] } + P.tuple + [0x73]),
    ]
  }
}
