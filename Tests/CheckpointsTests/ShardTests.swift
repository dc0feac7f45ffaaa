import Bytes
import Checkpoints
import Testing

/// Models of several files: GGUF in parts, safetensors shards with an index.
@Suite struct ShardTests {
  private static let parts = (1...3).map { "m-0000\($0)-of-00003.gguf" }

  /// Three parts with one, two and no tensors.
  private func ggufFolder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let tensors = [["a"], ["b", "c"], []]
    for number in 0..<3 {
      try folder.write(
        try gguf(
          part: UInt16(number), of: 3, tensorCount: 3, tensors: tensors[number],
          architecture: number == 0 ? "llama" : nil, fill: UInt8(number + 1)),
        Self.parts[number])
    }
    return folder
  }

  private static let indexName = "model.safetensors.index.json"

  private func safetensorsFolder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(try safetensors(["a", "c"], fill: 1), "m-1.safetensors")
    try folder.write(try safetensors(["b"], fill: 2), "m-2.safetensors")
    try folder.write(
      index([("b", "m-2.safetensors"), ("a", "m-1.safetensors"), ("c", "m-1.safetensors")]),
      Self.indexName)
    return folder
  }

  /// The name of the error that opening ends in, and the file that it names.
  private func failure(_ path: String) -> (name: String, file: String) {
    do throws(CheckpointError) {
      checkPromises(try Checkpoint.open(path: path), "\(path)")
      return ("opened", "")
    } catch {
      let file = error.path.map { String($0.split(separator: "/").last ?? "") } ?? "no file"
      #expect(error.description.contains(file), "\(error)")
      return (caseName(error), file)
    }
  }

  @Test(arguments: [0, 1, 2]) func anyPartOpensTheWholeModel(_ number: Int) throws {
    let folder = try ggufFolder()
    let checkpoint = try Checkpoint.open(path: "\(folder.path)/\(Self.parts[number])")
    checkPromises(checkpoint, "part \(number)")
    #expect(checkpoint.path == "\(folder.path)/\(Self.parts[0])")
    #expect(checkpoint.files.map(\.tensorIndices) == [0..<1, 1..<3, 3..<3])
    #expect(checkpoint.tensors.map(\.name) == ["a", "b", "c"])
    #expect(checkpoint.tensors.map(\.fileIndex) == [0, 1, 1])
    #expect(numbers(checkpoint, "a", UInt8.self) == [1, 1, 1, 1])
    #expect(numbers(checkpoint, "c", UInt8.self) == [2, 2, 2, 2])
    #expect(try checkpoint.metadata.string("general.architecture") == "llama")
    try checkpoint.checkUnchanged()
    let error = #expect(throws: CheckpointError.self) { try checkpoint.requiredTensor("d") }
    #expect(error?.path == checkpoint.path)
  }

  @Test func anIndexOrItsFolderOpensAllShards() throws {
    let folder = try safetensorsFolder()
    for path in [folder.path, folder.path + "/", "\(folder.path)/\(Self.indexName)"] {
      let checkpoint = try Checkpoint.open(path: path)
      checkPromises(checkpoint, "shards")
      #expect(checkpoint.path == "\(folder.path)/\(Self.indexName)")
      #expect(checkpoint.tensors.map(\.name) == ["a", "c", "b"])
      #expect(numbers(checkpoint, "b", UInt8.self) == [2, 2, 2, 2])
      #expect(try checkpoint.metadata.string("format") == "pt")
      #expect(checkpoint.byteCount == checkpoint.files.reduce(0) { $0 + $1.file.byteCount })
    }
    // A folder with a single file is that file, also where there is an index.
    try folder.write(try safetensors(["whole"]), "model.safetensors")
    #expect(try Checkpoint.open(path: folder.path).tensors.map(\.name) == ["whole"])
    let empty = try TemporaryFolder()
    #expect(failure(empty.path).name == "bytes.notRegularFile")
  }

  @Test func theInspectionShowsTheFiles() throws {
    let folder = try ggufFolder()
    let checkpoint = try Checkpoint.open(path: "\(folder.path)/\(Self.parts[1])")
    let report = try Inspection(of: checkpoint, hashes: true)
    #expect(report.files.map(\.tensorCount) == [1, 2, 0])
    #expect(report.tensors.map(\.file) == [0, 1, 1])
    #expect(report.sha256 == nil)
    for (index, file) in report.files.enumerated() {
      #expect(try file.sha256 == sha256Hex(ofFile: file.path))
      let regions = report.byteMap.filter { $0.file == index }
      #expect(regions.reduce(0) { $0 + $1.byteCount } == file.byteCount)
    }
    #expect(report.byteCount == report.byteMap.reduce(0) { $0 + $1.byteCount })
  }

  /// A change in the header of any part changes the digest.
  @Test func headersOfAllFilesAreHashed() throws {
    func digest(_ folder: TemporaryFolder) throws -> SHA256Digest {
      let hasher = try SHA256Hasher()
      try Checkpoint.open(path: "\(folder.path)/\(Self.parts[0])").hashHeaders(into: hasher)
      return try hasher.finalize()
    }
    let folder = try ggufFolder()
    let before = try digest(folder)
    try folder.write(
      try gguf(part: 1, of: 3, tensorCount: 3, tensors: ["b", "d"]), Self.parts[1])
    #expect(try digest(folder) != before)
  }

  @Test func wrongPartsAreRefusedAndNamed() throws {
    typealias Part = (part: UInt16?, of: UInt16?, tensorCount: Int32?, tensors: [String])
    let cases: [(name: String, part: Part, architecture: String?, expected: String)] = [
      ("complete file", (nil, nil, nil, ["b", "c"]), nil, "partMismatch"),
      ("other count", (1, 4, 3, ["b", "c"]), nil, "partMismatch"),
      ("other tensor count", (1, 3, 4, ["b", "c"]), nil, "partMismatch"),
      ("other number", (2, 3, 3, ["b", "c"]), nil, "partMismatch"),
      ("number beyond the count", (3, 3, 3, ["b", "c"]), nil, "partMismatch"),
      ("other architecture", (1, 3, 3, ["b", "c"]), "gpt2", "partMismatch"),
      ("no number", (nil, 3, 3, ["b", "c"]), nil, "missingMetadata"),
      ("no tensor count", (1, 3, nil, ["b", "c"]), nil, "missingMetadata"),
      ("a tensor of part 1", (1, 3, 3, ["b", "a"]), nil, "tensorInTwoFiles"),
    ]
    for (name, part, architecture, expected) in cases {
      let folder = try ggufFolder()
      try folder.write(
        try gguf(
          part: part.part, of: part.of, tensorCount: part.tensorCount, tensors: part.tensors,
          architecture: architecture), Self.parts[1])
      let found = failure("\(folder.path)/\(Self.parts[0])")
      #expect(found.name == expected && found.file == Self.parts[1], "\(name): \(found)")
    }
    let folder = try ggufFolder()
    try folder.write(try gguf(part: 1, of: 3, tensorCount: 3, tensors: ["b"]), Self.parts[1])
    #expect(failure("\(folder.path)/\(Self.parts[0])") == ("partMismatch", Self.parts[0]))
  }

  @Test func missingDamagedAndRenamedPartsAreNamed() throws {
    let folder = try ggufFolder()
    let whole = try MappedFile(path: "\(folder.path)/\(Self.parts[1])").copyBytes()
    for count in 0..<whole.count {
      try folder.write(Array(whole.prefix(count)), Self.parts[1])
      let found = failure("\(folder.path)/\(Self.parts[0])")
      // Zero padding after the last tensor may be missing.
      #expect(
        found.name == "opened" ? count > whole.count - 32 : found.file == Self.parts[1],
        "\(count): \(found)")
    }
    try folder.remove(Self.parts[1])
    #expect(failure("\(folder.path)/\(Self.parts[0])") == ("missingFile", Self.parts[0]))
    try folder.write(whole, "renamed.gguf")
    #expect(failure("\(folder.path)/renamed.gguf") == ("partMismatch", "renamed.gguf"))
    let error = #expect(throws: CheckpointError.self) { try open(whole) }
    #expect(error.map(caseName) == "incompleteSet")
    for count: UInt16 in [513, 65_535] {
      let name = "x-00001-of-\(count == 513 ? "00513" : "65535").gguf"
      try folder.write(try gguf(part: 0, of: count, tensorCount: 0, tensors: []), name)
      #expect(failure("\(folder.path)/\(name)") == ("partMismatch", name))
    }
    // What llama.cpp writes for a model that needs no splitting.
    try folder.write(try gguf(part: 0, of: 1, tensorCount: 1, tensors: ["a"]), "one.gguf")
    #expect(failure("\(folder.path)/one.gguf").name == "opened")
  }

  @Test func wrongIndexesAreRefused() throws {
    let texts: [(text: String, expected: String)] = [
      ("", "invalidIndex"), ("{", "invalidIndex"), ("[]", "invalidIndex"), ("{}", "invalidIndex"),
      (String(repeating: "[", count: 10_000), "invalidIndex"),
      (#"{"weight_map": []}"#, "invalidIndex"), (#"{"weight_map": {}}"#, "invalidIndex"),
      (#"{"weight_map": {"a": 1}}"#, "invalidIndex"),
      (
        #"{"weight_map": {"a": "m-1.safetensors"}, "weight_map": {"b": "m-2.safetensors"}}"#,
        "invalidIndex"
      ),
      (index([("a", "../m-1.safetensors")]), "invalidIndex"),
      (index([("a", "/etc/m-1.safetensors")]), "invalidIndex"),
      (index([("a", "sub/m-1.safetensors")]), "invalidIndex"),
      (index([("a", "..")]), "invalidIndex"), (index([("a", "")]), "invalidIndex"),
      (index([("a", ".safetensors")]), "invalidIndex"),
      (index([("a", Self.indexName)]), "invalidIndex"),
      (index([("a", #"m\u0000.safetensors"#)]), "invalidIndex"),
      (index([("a", "m-1.safetensors"), ("a", "m-2.safetensors")]), "invalidIndex"),
      (index([("", "m-1.safetensors")]), "invalidName"),
      (index([(#"a\u001b"#, "m-1.safetensors")]), "invalidName"),
      (index((0..<513).map { ("t\($0)", "m-\($0).safetensors") }), "limitExceeded"),
    ]
    let folder = try safetensorsFolder()
    for (text, expected) in texts {
      try folder.write(text, Self.indexName)
      let found = failure("\(folder.path)/\(Self.indexName)")
      #expect(found == (expected, Self.indexName), "\(text.prefix(80)): \(found)")
    }
  }

  @Test func shardsThatContradictTheIndexAreNamed() throws {
    let (one, two) = ("m-1.safetensors", "m-2.safetensors")
    let cases: [(entries: [(String, String)], expected: String, file: String)] = [
      ([("a", one), ("b", two)], "unlistedTensor", one),
      ([("a", one), ("c", two), ("b", two)], "unlistedTensor", one),
      ([("a", one), ("c", one), ("b", two), ("d", two)], "tensorNotInFile", two),
      ([("a", one), ("c", one), ("b", "m-3.safetensors")], "missingFile", Self.indexName),
    ]
    let folder = try safetensorsFolder()
    for (entries, expected, file) in cases {
      try folder.write(index(entries), Self.indexName)
      #expect(failure(folder.path) == (expected, file))
    }
    let good = [("a", one), ("c", one), ("b", two)]
    try folder.write(index(good), Self.indexName)
    let whole = try MappedFile(path: "\(folder.path)/\(two)").copyBytes()
    for count in 0..<whole.count {
      try folder.write(Array(whole.prefix(count)), two)
      #expect(failure(folder.path).file == two, "\(count)")
    }
    try folder.write(try safetensors(["b", "a"]), two)
    #expect(failure(folder.path) == ("unlistedTensor", two))
    try folder.write(try gguf(part: nil, of: nil, tensorCount: nil, tensors: ["b"]), two)
    #expect(failure(folder.path) == ("partMismatch", two))
  }

  /// gguf-py and huggingface_hub divide tensors among files with the same content as ours.
  @Test func theReferencesPartsAndShardsAreRead() throws {
    for number in 1...3 {
      let checkpoint = try Checkpoint.open(path: Fixtures.path("split-0000\(number)-of-00003.gguf"))
      checkPromises(checkpoint, "split \(number)")
      #expect(try checkpoint.metadata.string("test.string") == "in the first part")
      #expect(checkpoint.tensors.map(\.fileIndex) == [0, 0, 1, 1, 2])
      for index in 0..<5 {
        #expect(
          numbers(checkpoint, "tensor.\(index)", Float.self)
            == (0...index).map { Float($0) * 0.25 + Float(index) })
      }
    }
    let checkpoint = try Checkpoint.open(path: Paths.folder(of: Fixtures.path("split")))
    checkPromises(checkpoint, "shards")
    #expect(checkpoint.files.count == 3 && checkpoint.tensors.count == 5)
    for index in 0..<5 {
      let tensor = try checkpoint.requiredTensor("layer.\(index).weight")
      #expect(tensor.shape == [4, index + 1])
      #expect(
        numbers(checkpoint, tensor.name, Float.self)
          == (0..<4 * (index + 1)).map { Float($0) * 0.25 + Float(index) })
    }
  }

  @Test func laterPartsAreKnownByTheirNames() {
    for name in ["m-00002-of-00003.gguf", "a-b-10000-of-20000.gguf", "-00002-of-00002.gguf"] {
      #expect(Checkpoint.isLaterPart(name: name), "\(name)")
    }
    for name in [
      "m-00001-of-00003.gguf", "m.gguf", "", ".gguf", "00002-of-00003", "m-2-of-3.gguf",
      "m-00002-of-00003.safetensors", "of-00003.gguf", "m-0000x-of-00003.gguf",
    ] {
      #expect(!Checkpoint.isLaterPart(name: name), "\(name)")
    }
  }

  @Test func tensorsThatShareBytesAreOneRegion() {
    func tensor(_ name: String, _ range: Range<Int>) -> TensorInfo {
      TensorInfo(name: name, type: .i8, shape: [range.count], byteRange: range)
    }
    let map = completeByteMap(
      parsed: [.init(kind: .header, label: "header", byteRange: 0..<10)],
      tensors: [
        tensor("tied", 16..<24), tensor("table", 16..<24), tensor("view", 20..<28),
        tensor("last", 28..<30),
      ],
      alignment: 8, fileByteCount: 40)
    #expect(
      map == [
        .init(kind: .header, label: "header", byteRange: 0..<10),
        .init(kind: .padding, label: "padding", byteRange: 10..<16),
        .init(kind: .tensor, label: "tied, table, view", byteRange: 16..<28),
        .init(kind: .tensor, label: "last", byteRange: 28..<30),
        .init(kind: .padding, label: "padding", byteRange: 30..<32),
        .init(kind: .trailing, label: "trailing bytes", byteRange: 32..<40),
      ])
  }
}
