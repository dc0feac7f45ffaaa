// swift-tools-version: 6.2
import PackageDescription

// The targets are in the order in which data flows; a target imports only targets above it.
// Tests/ArchitectureTests holds the same list and fails on an arrow that it does not allow.

/// Swift 6 mode for every target: warnings are errors, existentials and imports are explicit.
let swiftRAGSettings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// For modules that read untrusted bytes: every unsafe expression carries the word `unsafe`.
let parserSettings = swiftRAGSettings + [.strictMemorySafety()]

/// For modules that compute: a debug build without optimisation is over 100 times slower.
let computeSettings =
  swiftRAGSettings + [
    .unsafeFlags(["-O"], .when(configuration: .debug))
  ]

/// For a module that holds kernels of one instruction set.
///
/// `-march` reaches the compiler's own
/// intrinsics; `-wmo` keeps them inlined in debug builds as well, and `-num-threads` makes it emit
/// the object per file that SwiftPM expects of a debug build.
func instructionSetSettings(_ flags: [String]) -> [SwiftSetting] {
  computeSettings + [
    .unsafeFlags(flags.flatMap { ["-Xcc", $0] } + ["-wmo", "-num-threads", "2"]),
    .enableExperimentalFeature("Extern"),
  ]
}

/// `SWIFTRAG_AVXVNNI_AS_AVX512=1` gives the kernels for AVX-VNNI the `vpdpbusd` of AVX-512, so that
/// tests can run them on a processor that has only the latter (Tests/Reference/avxvnni.sh).
let encodesAVXVNNIAsAVX512 = Context.environment["SWIFTRAG_AVXVNNI_AS_AVX512"] == "1"
let avxVNNIFlags =
  encodesAVXVNNIAsAVX512
  ? ["-march=x86-64-v4", "-mavx512vnni"] : ["-march=x86-64-v3", "-mavxvnni"]
let avxVNNIDefines: [SwiftSetting] = encodesAVXVNNIAsAVX512 ? [.define("AVXVNNI_AS_AVX512")] : []

/// For LLVM's intrinsics of tile registers, which have no other name in Swift.
let tileSettings: [SwiftSetting] = [.enableExperimentalFeature("BuiltinModule")]

let package = Package(
  name: "swiftrag",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "SwiftRAG", targets: ["SwiftRAG"]),
    .executable(name: "swiftrag", targets: ["CLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams.git", exact: "6.2.2"),
  ],
  targets: [
    // Debian's libraries, by module map; no C code of ours.
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CCPUFeatures"),
    .systemLibrary(name: "CXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .systemLibrary(
      name: "CUchardet", pkgConfig: "uchardet", providers: [.apt(["libuchardet-dev"])]),
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "spng", providers: [.apt(["libspng-dev"])]),
    .systemLibrary(name: "CWebP", pkgConfig: "libwebpdemux", providers: [.apt(["libwebp-dev"])]),
    .systemLibrary(name: "CGIF", pkgConfig: "libgif7", providers: [.apt(["libgif-dev"])]),
    .systemLibrary(name: "CTIFF", pkgConfig: "libtiff-4", providers: [.apt(["libtiff-dev"])]),
    .systemLibrary(
      name: "CSndfile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),
    // Its header wraps functions with variable arguments, which Swift cannot call.
    .systemLibrary(name: "CEdit", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),
    // libstemmer has no pkg-config file.
    .systemLibrary(name: "CStemmer", providers: [.apt(["libstemmer-dev"])]),

    .target(name: "Bytes", dependencies: ["CZlib", "CCrypto"], swiftSettings: parserSettings),
    .target(name: "Downloads", dependencies: ["Bytes"], swiftSettings: parserSettings),
    .target(name: "Checkpoints", dependencies: ["Bytes"], swiftSettings: parserSettings),
    .target(name: "KernelInterface", swiftSettings: computeSettings),
    .target(
      name: "KernelsReference", dependencies: ["KernelInterface"], swiftSettings: computeSettings),
    .target(
      name: "KernelsAVX2", dependencies: ["KernelInterface"],
      swiftSettings: instructionSetSettings(["-march=x86-64-v3"])),
    .target(
      name: "KernelsAVXVNNI", dependencies: ["KernelInterface"],
      swiftSettings: instructionSetSettings(avxVNNIFlags) + avxVNNIDefines),
    .target(
      name: "KernelsAVX512", dependencies: ["KernelInterface"],
      swiftSettings: instructionSetSettings([
        "-march=x86-64-v4", "-mavx512vnni", "-mamx-tile", "-mamx-int8",
      ]) + tileSettings),
    .target(
      name: "Kernels",
      dependencies: [
        "KernelInterface", "KernelsReference", "KernelsAVX2", "KernelsAVXVNNI", "KernelsAVX512",
        "COpenBLAS", "CCPUFeatures",
      ],
      swiftSettings: computeSettings + [.enableExperimentalFeature("Extern")] + avxVNNIDefines),
    .target(
      name: "Media",
      dependencies: ["Bytes", "CTurboJPEG", "CPNG", "CWebP", "CGIF", "CTIFF", "CSndfile"],
      swiftSettings: computeSettings + [.strictMemorySafety()]),
    .target(
      name: "Tokenizers", dependencies: ["Bytes", "Checkpoints"], swiftSettings: parserSettings),
    .target(
      name: "Models", dependencies: ["Bytes", "Checkpoints", "KernelInterface", "Kernels"],
      swiftSettings: swiftRAGSettings),
    .target(
      name: "Generation",
      dependencies: ["Bytes", "Checkpoints", "Kernels", "Tokenizers", "Models"],
      swiftSettings: swiftRAGSettings),
    .target(
      name: "Documents", dependencies: ["Bytes", "Media", "CXML2", "CUchardet"],
      swiftSettings: parserSettings),
    .target(
      name: "Store",
      dependencies: [
        "Bytes", "Kernels", "Documents", "CStemmer",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: swiftRAGSettings),
    .target(
      name: "RAG",
      dependencies: [
        "Bytes", "Checkpoints", "Kernels", "Media", "Tokenizers", "Models", "Generation",
        "Documents", "Store",
      ],
      swiftSettings: swiftRAGSettings),
    .target(
      name: "Evaluation",
      dependencies: [
        "Bytes", "Checkpoints", "KernelsReference", "Kernels", "Tokenizers", "Models",
        "Generation", "Documents", "Store", "RAG",
      ],
      swiftSettings: swiftRAGSettings),
    .target(
      name: "SwiftRAG",
      dependencies: [
        "Bytes", "Downloads", "Checkpoints", "Kernels", "Media", "Tokenizers", "Models",
        "Generation",
        "Documents", "Store", "RAG",
        .product(name: "Yams", package: "Yams"),
      ],
      exclude: ["SwiftRAG.docc"],
      resources: [
        .copy("SampleLibrary"), .copy("SpeechData"), .copy("TokenizerData"),
      ],
      swiftSettings: swiftRAGSettings),
    .executableTarget(
      name: "CLI",
      dependencies: [
        "SwiftRAG", "Evaluation", "RAG", "Store", "Documents", "Generation", "Models", "Tokenizers",
        "Media", "Kernels", "Checkpoints", "Downloads", "Bytes", "CEdit",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftRAGSettings),

    .testTarget(name: "ArchitectureTests", swiftSettings: swiftRAGSettings),
    .testTarget(name: "BytesTests", dependencies: ["Bytes"], swiftSettings: swiftRAGSettings),
    .testTarget(
      name: "DownloadsTests", dependencies: ["Downloads", "Bytes"],
      swiftSettings: swiftRAGSettings),
    .testTarget(
      name: "CheckpointsTests", dependencies: ["Checkpoints", "Bytes"],
      swiftSettings: swiftRAGSettings),
    .testTarget(
      name: "KernelsTests", dependencies: ["Kernels", "KernelsReference", "KernelInterface"],
      swiftSettings: computeSettings),
    .testTarget(
      name: "MediaTests", dependencies: ["Media", "Bytes"],
      swiftSettings: swiftRAGSettings),
    .testTarget(
      name: "TokenizersTests", dependencies: ["Tokenizers", "Checkpoints", "Bytes"],
      swiftSettings: swiftRAGSettings),
    .testTarget(
      name: "ModelsTests",
      dependencies: ["Models", "Checkpoints", "Bytes", "Kernels", "KernelInterface", "Tokenizers"],
      swiftSettings: swiftRAGSettings),
    .testTarget(
      name: "DocumentsTests", dependencies: ["Documents", "Media", "Bytes"],
      swiftSettings: swiftRAGSettings),
    .testTarget(
      name: "FuzzTests", dependencies: ["Bytes", "Checkpoints", "Documents", "Tokenizers"],
      swiftSettings: swiftRAGSettings),
    .testTarget(
      name: "StoreTests", dependencies: ["Store", "Documents", "Kernels", "Bytes"],
      swiftSettings: swiftRAGSettings),
    .testTarget(
      name: "GenerationTests",
      dependencies: ["Generation", "Models", "Tokenizers", "Kernels", "Checkpoints", "Bytes"],
      swiftSettings: swiftRAGSettings),
    .testTarget(
      name: "RAGTests",
      dependencies: [
        "RAG", "Store", "Documents", "Media", "Generation", "Models", "Tokenizers", "Kernels",
        "Checkpoints", "Bytes",
      ],
      swiftSettings: swiftRAGSettings),
    .testTarget(
      name: "EvaluationTests",
      dependencies: [
        "Evaluation", "RAG", "Store", "Documents", "Generation", "Models", "Tokenizers", "Kernels",
        "Checkpoints", "Bytes",
      ],
      swiftSettings: swiftRAGSettings),
    .testTarget(
      name: "SwiftRAGTests",
      dependencies: [
        "SwiftRAG", "Bytes", "Checkpoints", "Downloads", "Generation", "Kernels", "Media", "Models",
        "RAG", "Store", "Tokenizers",
      ],
      swiftSettings: swiftRAGSettings),
    .testTarget(
      name: "CLITests",
      dependencies: [
        "CLI", "Generation", "RAG", "Store", "Documents", "Media", "Checkpoints", "Bytes",
      ],
      swiftSettings: swiftRAGSettings),
  ],
  swiftLanguageModes: [.v6]
)

// Fuzz targets need libFuzzer's main function, so they exist only for Tests/Fuzz/run.sh.
if Context.environment["SWIFTRAG_FUZZ"] == "1" {
  package.targets += [
    .executableTarget(
      name: "FuzzCheckpoints", dependencies: ["Checkpoints", "Bytes"],
      path: "Tests/Fuzz/FuzzCheckpoints", swiftSettings: swiftRAGSettings),
    .executableTarget(
      name: "FuzzLanguageModels",
      dependencies: ["Generation", "Models", "Tokenizers", "Kernels", "Checkpoints", "Bytes"],
      path: "Tests/Fuzz/FuzzLanguageModels", swiftSettings: swiftRAGSettings),
  ]
}
