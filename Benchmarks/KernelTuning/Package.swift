// swift-tools-version: 6.2
import PackageDescription

// A package of its own, over symbolic links to the kernel targets: it builds them alone and sees
// their `package` declarations.

/// As in the main package.
func instructionSetSettings(_ flags: [String]) -> [SwiftSetting] {
  [
    .unsafeFlags(flags.flatMap { ["-Xcc", $0] } + ["-wmo", "-num-threads", "2"]),
    .enableUpcomingFeature("InternalImportsByDefault"), .enableExperimentalFeature("Extern"),
  ]
}

/// For LLVM's intrinsics of tile registers, which have no other name in Swift.
let tileSettings: [SwiftSetting] = [.enableExperimentalFeature("BuiltinModule")]

let package = Package(
  name: "KernelTuning",
  platforms: [.macOS(.v15)],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CCPUFeatures"),
    .target(name: "KernelInterface"),
    .target(name: "KernelsReference", dependencies: ["KernelInterface"]),
    .target(
      name: "KernelsAVX2", dependencies: ["KernelInterface"],
      swiftSettings: instructionSetSettings(["-march=x86-64-v3"])),
    .target(
      name: "KernelsAVXVNNI", dependencies: ["KernelInterface"],
      swiftSettings: instructionSetSettings(["-march=x86-64-v3", "-mavxvnni"])),
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
      swiftSettings: [
        .enableUpcomingFeature("InternalImportsByDefault"), .enableExperimentalFeature("Extern"),
      ]),
    .target(name: "PeaksAVX2", swiftSettings: instructionSetSettings(["-march=x86-64-v3"])),
    .target(
      name: "PeaksAVX512",
      swiftSettings: instructionSetSettings(["-march=x86-64-v4", "-mavx512vnni"])),
    .executableTarget(
      name: "KernelTuning",
      dependencies: [
        "Kernels", "KernelsAVX2", "KernelsAVX512", "PeaksAVX2", "PeaksAVX512", "COpenBLAS",
      ]),
  ],
  swiftLanguageModes: [.v6]
)
