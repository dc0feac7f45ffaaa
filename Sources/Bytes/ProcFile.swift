internal import Glibc

/// Values that the kernel publishes in files of `/proc`, in lines such as `VmHWM:   1234 kB`.
///
/// - Source: proc_pid_status(5), proc_meminfo(5).
package enum ProcFile {
  /// The largest resident size that this process has had, mapped files included, in bytes: `VmHWM`.
  package static var peakResidentByteCount: Int? { value("VmHWM", in: "/proc/self/status") }

  /// Memory of this process that is in no file, in bytes: `RssAnon`.
  package static var anonymousResidentByteCount: Int? { value("RssAnon", in: "/proc/self/status") }

  /// Memory that the system can provide without swapping, in bytes: `MemAvailable`, which includes
  /// the cache of files.
  package static var availableMemoryByteCount: Int? { value("MemAvailable", in: "/proc/meminfo") }

  private static func value(_ key: String, in path: String) -> Int? {
    text(path).flatMap { byteCount(key, in: $0) }
  }

  /// The value of a line `KEY: NUMBER kB` in bytes; nil where there is no such line.
  package static func byteCount(_ key: String, in text: String) -> Int? {
    for line in text.split(separator: "\n") where line.hasPrefix(key + ":") {
      let words = line.dropFirst(key.count + 1).split { $0 == " " || $0 == "\t" }
      guard words.count == 2, words[1] == "kB", let kilobytes = Int(words[0]), kilobytes >= 0
      else { return nil }
      let (byteCount, overflow) = kilobytes.multipliedReportingOverflow(by: 1_024)
      return overflow ? nil : byteCount
    }
    return nil
  }

  /// The beginning of a file of `/proc`, whose stated size is 0, so that it cannot be mapped.
  private static func text(_ path: String) -> String? {
    let file = Descriptor(unsafe open(path, O_RDONLY | O_CLOEXEC))
    // /proc/self/status has about 1.5 KB, /proc/meminfo as well.
    var bytes = [UInt8](repeating: 0, count: 16_384)
    guard file.number >= 0, let count = file.read(into: &bytes) else { return nil }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
