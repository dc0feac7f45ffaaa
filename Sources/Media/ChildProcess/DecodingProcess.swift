internal import Glibc

/// The limits and the output of a process that decodes untrusted files.
enum DecodingProcess {
  /// Limits memory, time, core dumps and files of the calling process, for good.
  ///
  /// - Parameters:
  ///   - memoryByteCount: of address space.
  ///   - processorSeconds: after which the system ends the process.
  static func restrict(memoryByteCount: Int, processorSeconds: Int) {
    restrict(RLIMIT_AS, to: rlim_t(memoryByteCount))
    restrict(RLIMIT_CPU, to: rlim_t(processorSeconds))
    restrict(RLIMIT_CORE, to: 0)
    // The only output is standard output, which is not a file.
    restrict(RLIMIT_FSIZE, to: 0)
  }

  private static func restrict(_ resource: __rlimit_resource, to value: rlim_t) {
    var limit = rlimit(rlim_cur: value, rlim_max: value)
    _ = unsafe setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
  }

  /// Writes all bytes; false where the reader is gone.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var offset = 0
    while offset < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress! + offset, $0.count - offset)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      offset += count
    }
    return true
  }
}
