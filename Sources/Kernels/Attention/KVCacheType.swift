import KernelInterface
import KernelsReference

/// The storage format of the numbers in a KV cache, selected by `--cache-type`.
package enum KVCacheType: String, Sendable, CaseIterable {
  /// IEEE 754 binary32.
  case f32
  /// IEEE 754 binary16: half the memory; a key or value keeps 11 bits.
  case f16
  /// Signed bytes with a Float16 scale for each position, head and 32 elements, as ggml's `Q8_0`.
  case q80 = "q8_0"

  /// The kernels' name of the format.
  var element: CacheElement {
    switch self {
    case .f32: .f32
    case .f16: .f16
    case .q80: .q80
    }
  }
}
