import CCPUFeatures
import Glibc

/// The vector instructions that the own kernels use.
package enum InstructionSet: String, Sendable, CaseIterable, Comparable {
  /// No vector kernels: the reference kernels compute.
  case scalar
  /// x86-64-v3: AVX2, FMA, F16C, BMI.
  case avx2
  /// x86-64-v4 (AVX-512 F, BW, VL, DQ, CD) with VNNI.
  case avx512

  /// The best set that this CPU and operating system run, or a lower one that was asked for.
  ///
  /// `SWIFTRAG_ISA` asks: `scalar`, `avx2` or `avx512`. Read once, at first use.
  package static let detected: InstructionSet = {
    let best = supported
    guard let text = getenv("SWIFTRAG_ISA"),
      let wanted = InstructionSet(rawValue: String(cString: text))
    else { return best }
    return min(wanted, best)
  }()

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
      let version4 = [
        x86_cpu_AVX512F, x86_cpu_AVX512BW, x86_cpu_AVX512VL, x86_cpu_AVX512DQ, x86_cpu_AVX512CD,
        x86_cpu_AVX512_VNNI,
      ].allSatisfy { x86_cpu_active(UInt32($0)) }
      return version4 ? .avx512 : .avx2
    #else
      return .scalar
    #endif
  }()

  /// Ordered by what they can do: scalar < avx2 < avx512.
  package static func < (left: InstructionSet, right: InstructionSet) -> Bool {
    left.rank < right.rank
  }

  private var rank: Int {
    switch self {
    case .scalar: 0
    case .avx2: 1
    case .avx512: 2
    }
  }
}
