import CCPUFeatures
import Glibc

#if arch(x86_64)
  // In glibc since 2.2.5, but in none of its headers.
  @_extern(c, "arch_prctl")
  private func architectureControl(_ code: CInt, _ argument: UInt) -> CInt
#endif

/// The vector instructions that the kernels of this project use.
package enum InstructionSet: String, Sendable, CaseIterable, Comparable {
  /// No vector kernels: the reference kernels compute.
  case scalar
  /// x86-64-v3: AVX2, FMA, F16C, BMI.
  case avx2
  /// As `avx2`, and AVX-VNNI: `vpdpbusd` on 256 bits. Intel's processors without AVX-512 have it
  /// since 2021 (Alder Lake); a processor with AVX-512 may lack it.
  case avxVNNI = "avxvnni"
  /// x86-64-v4 (AVX-512 F, BW, VL, DQ, CD) with VNNI.
  case avx512
  /// As `avx512`, and AMX with Int8: tile registers for products of many rows. The same bits as
  /// `avx512`.
  case amx

  /// The best set that this CPU and operating system run, or a lower one on request.
  ///
  /// `SWIFTRAG_ISA` requests `scalar`, `avx2`, `avxvnni`, `avx512` or `amx`. Read once, at first
  /// use.
  package static let detected: InstructionSet = {
    guard let text = getenv("SWIFTRAG_ISA"),
      let wanted = InstructionSet(rawValue: String(cString: text))
    else { return supported }
    return best(upTo: wanted)
  }()

  /// The best set that this CPU and operating system run, `wanted` or a lower one.
  package static func best(upTo wanted: InstructionSet) -> InstructionSet {
    available.last { $0 <= wanted } ?? .scalar
  }

  /// The best set that this CPU and operating system run.
  ///
  /// glibc's `x86_cpu_active` (since 2.33) is true when CPUID lists a feature and the operating
  /// system saves its registers (XGETBV), so no AVX code runs before it has answered.
  package static let supported: InstructionSet = {
    #if arch(x86_64)
      let version3 = [
        x86_cpu_AVX2, x86_cpu_FMA, x86_cpu_F16C, x86_cpu_BMI1, x86_cpu_BMI2, x86_cpu_LZCNT,
        x86_cpu_MOVBE,
      ].allSatisfy { x86_cpu_active(UInt32($0)) }
      guard version3 else { return .scalar }
      guard hasVersion4 else { return hasAVXVNNI ? .avxVNNI : .avx2 }
      let tiles = [x86_cpu_AMX_TILE, x86_cpu_AMX_INT8].allSatisfy { x86_cpu_active(UInt32($0)) }
      return tiles && mayUseTiles() ? .amx : .avx512
    #else
      return .scalar
    #endif
  }()

  /// All sets that this CPU and operating system run, in ascending order.
  package static let available: [InstructionSet] = allCases.filter {
    $0 <= supported && ($0 != .avxVNNI || hasAVXVNNI)
  }

  /// Whether this CPU has x86-64-v4 with VNNI.
  private static let hasVersion4: Bool = {
    #if arch(x86_64)
      return [
        x86_cpu_AVX512F, x86_cpu_AVX512BW, x86_cpu_AVX512VL, x86_cpu_AVX512DQ, x86_cpu_AVX512CD,
        x86_cpu_AVX512_VNNI,
      ].allSatisfy { x86_cpu_active(UInt32($0)) }
    #else
      return false
    #endif
  }()

  /// Whether this CPU has AVX2 and AVX-VNNI.
  ///
  /// With `AVXVNNI_AS_AVX512` (`Tests/Reference/avxvnni.sh`) a processor with AVX-512 counts.
  private static let hasAVXVNNI: Bool = {
    #if AVXVNNI_AS_AVX512
      return hasVersion4
    #elseif arch(x86_64)
      return [x86_cpu_AVX2, x86_cpu_AVX_VNNI].allSatisfy { x86_cpu_active(UInt32($0)) }
    #else
      return false
    #endif
  }()

  #if arch(x86_64)
    /// Requests Linux's permission to use the tile registers, for this process and its threads.
    ///
    /// Linux saves these 8 KB of registers only for processes with the permission. Kernels before
    /// 5.16 refuse it. Source: the kernel's Documentation/arch/x86/xstate.rst and asm/prctl.h.
    private static func mayUseTiles() -> Bool {
      let requestPermission: CInt = 0x1023  // ARCH_REQ_XCOMP_PERM
      let tileData: UInt = 18  // XFEATURE_XTILE_DATA
      return architectureControl(requestPermission, tileData) == 0
    }
  #endif

  /// Ordered by what they can do: scalar < avx2 < avxVNNI < avx512 < amx.
  package static func < (left: InstructionSet, right: InstructionSet) -> Bool {
    left.rank < right.rank
  }

  private var rank: Int {
    switch self {
    case .scalar: 0
    case .avx2: 1
    case .avxVNNI: 2
    case .avx512: 3
    case .amx: 4
    }
  }
}
