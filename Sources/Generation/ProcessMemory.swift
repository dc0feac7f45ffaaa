internal import Foundation

/// Memory of this process, as the kernel reports it.
enum ProcessMemory {
  /// Peak resident size, including mapped files; nil if the kernel does not report it.
  ///
  /// - Source: `VmHWM` in proc_pid_status(5), in units of 1,024 bytes.
  static var peakResidentByteCount: Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else {
      return nil
    }
    for line in text.split(separator: "\n") where line.hasPrefix("VmHWM:") {
      let number = line.dropFirst("VmHWM:".count).prefix { $0.isWhitespace || $0.isNumber }
      return Int(number.filter(\.isNumber)).map { $0 * 1024 }
    }
    return nil
  }
}
