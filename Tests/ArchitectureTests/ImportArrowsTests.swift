import Foundation
import Testing

/// Checks that imports follow the data flow: a module imports only modules above it in the list.
@Suite struct ImportArrowsTests {
  /// The targets in the order of the data flow, with the system modules that each may also import.
  static let flow: [(module: String, mayAlsoImport: Set<String>)] = [
    ("Bytes", ["CZlib", "CCrypto"]),
    ("Downloads", []),
    ("Checkpoints", []),
    ("KernelInterface", []),
    ("KernelsReference", []),
    ("KernelsAVX2", ["_Builtin_intrinsics"]),
    ("KernelsAVXVNNI", ["_Builtin_intrinsics"]),
    ("KernelsAVX512", ["_Builtin_intrinsics", "Builtin"]),
    ("Kernels", ["COpenBLAS", "CCPUFeatures"]),
    ("Media", ["CTurboJPEG", "CPNG", "CWebP", "CGIF", "CTIFF", "CSndfile"]),
    ("Tokenizers", []),
    ("Models", []),
    ("Generation", []),
    ("Documents", ["CUchardet", "CXML2"]),
    ("Store", ["GRDB", "CStemmer"]),
    ("RAG", []),
    ("Evaluation", []),
    ("SwiftRAG", ["Yams"]),
    ("CLI", ["ArgumentParser", "CEdit"]),
  ]

  /// Imports that the order alone would allow but the design forbids.
  static let forbidden: [String: Set<String>] = [
    // Models take ids and return tensors. They handle no text, documents or SQL.
    "Models": ["Tokenizers", "Documents", "Store", "Downloads"],
    // Generation turns prompts into text and does not choose kernels.
    "Generation": [
      "KernelInterface", "KernelsReference", "KernelsAVX2", "KernelsAVXVNNI",
      "KernelsAVX512",
    ],
    // Evaluations measure the product. The product does not call them.
    "SwiftRAG": ["Evaluation"],
    // The store imports no model; it takes from Documents the type of what it stores (`Chunk`).
    "Store": ["Models", "Generation", "Tokenizers", "Checkpoints"],
    // Documents imports neither models nor kernels.
    "Documents": ["Models", "Generation", "Tokenizers", "Kernels", "Checkpoints"],
    // Pictures are decoded and resized without checkpoints and without the kernels of models.
    "Media": [
      "Checkpoints", "Kernels", "KernelInterface", "KernelsReference", "KernelsAVX2",
      "KernelsAVXVNNI", "KernelsAVX512",
    ],
    "Tokenizers": [
      "Media", "Kernels", "KernelInterface", "KernelsReference", "KernelsAVX2", "KernelsAVXVNNI",
      "KernelsAVX512",
    ],
    "Kernels": ["Checkpoints", "Bytes"],
    "KernelInterface": ["Checkpoints", "Bytes"],
    "KernelsReference": ["Checkpoints", "Bytes"],
    "KernelsAVX2": ["Checkpoints", "Bytes", "KernelsReference"],
    "KernelsAVXVNNI": ["Checkpoints", "Bytes", "KernelsReference", "KernelsAVX2"],
    "KernelsAVX512": ["Checkpoints", "Bytes", "KernelsReference", "KernelsAVX2"],
  ]

  /// Parts of the toolchain that every module may import.
  ///
  /// Numeric modules do not import Foundation.
  static let toolchain: Set<String> = ["Swift", "Glibc", "Synchronization", "Dispatch"]
  static let mayImportFoundation: Set<String> = [
    // Compatibility forms (NFKC), which the standard library does not have.
    "Tokenizers",
    "Documents", "Store", "Generation", "RAG", "Evaluation", "SwiftRAG", "CLI",
  ]

  static let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The modules that a file's `import` lines name.
  ///
  /// A submodule counts as its parent.
  static func imports(of source: String) -> [String] {
    source.split(whereSeparator: \.isNewline).compactMap { line in
      var words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
      if let first = words.first, ["public", "package", "internal", "private"].contains(first) {
        words.removeFirst()
      }
      guard words.first == "import", words.count >= 2 else { return nil }
      let kinds: Set<Substring> = ["struct", "class", "enum", "func", "protocol", "var"]
      let name = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
      return String(name.split(separator: ".")[0])
    }
  }

  static func swiftFiles(below folder: URL) -> [URL] {
    let walker = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (walker?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
  }

  /// The folders whose sources a module compiles: its own, and the one it links to as `Shared`.
  static func sourceFolders(of module: String) -> [URL] {
    let own = packageRoot.appending(path: "Sources/\(module)")
    // Listing a folder does not follow symbolic links.
    let shared = own.appending(path: "Shared").resolvingSymlinksInPath()
    return FileManager.default.fileExists(atPath: shared.path) ? [own, shared] : [own]
  }

  /// The forbidden imports of one file, as messages.
  static func violations(module: String, fileName: String, source: String) -> [String] {
    guard let index = flow.firstIndex(where: { $0.module == module }) else {
      return ["\(module) is not in the list of modules"]
    }
    let above = Set(flow[..<index].map(\.module)).subtracting(forbidden[module] ?? [])
    var allowed = above.union(flow[index].mayAlsoImport).union(toolchain)
    if mayImportFoundation.contains(module) { allowed.formUnion(["Foundation"]) }
    return imports(of: source).filter { !allowed.contains($0) }
      .map { "\(module)/\(fileName) imports \($0)" }
  }

  @Test(arguments: flow.map(\.module))
  func importsRunOneWay(module: String) throws {
    let files = Self.sourceFolders(of: module).flatMap(Self.swiftFiles(below:))
    #expect(!files.isEmpty, "module \(module) has no sources")
    for file in files {
      let source = try String(contentsOf: file, encoding: .utf8)
      let complaints = Self.violations(
        module: module, fileName: file.lastPathComponent, source: source)
      #expect(complaints.isEmpty)
    }
  }

  @Test(arguments: ["KernelsAVX2", "KernelsAVX512"])
  func sharedSourcesAreChecked(module: String) {
    let folders = Self.sourceFolders(of: module)
    #expect(folders.map(\.lastPathComponent) == [module, "KernelsShared"])
    #expect(folders.allSatisfy { !Self.swiftFiles(below: $0).isEmpty })
  }

  @Test func everyFolderOfSourcesIsListed() throws {
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: Self.packageRoot.appending(path: "Sources").path)
    let known = Set(Self.flow.map(\.module)).union(Self.flow.flatMap(\.mayAlsoImport))
      // Sources that two targets compile, linked into each of them.
      .union(["KernelsShared"])
    #expect(Set(folders).subtracting(known).isEmpty)
  }

  @Test func aWrongArrowIsFound() {
    let upwards = Self.violations(
      module: "Store", fileName: "x.swift", source: "package import Models\nimport GRDB")
    #expect(upwards == ["Store/x.swift imports Models"])
    let unknown = Self.violations(module: "Bytes", fileName: "x.swift", source: "import Foundation")
    #expect(unknown.count == 1)
    #expect(Self.imports(of: "@preconcurrency import struct Foundation.URL") == ["Foundation"])
  }
}
