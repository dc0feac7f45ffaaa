internal import Glibc

/// Values that the kernel publishes in files of `/proc`, in lines such as `VmHWM:   1234 kB`.
///
/// - Source: proc_pid_status(5), proc_meminfo(5), proc_pid_maps(5).
package enum ProcFile {
  /// The largest resident size that this process has had, mapped files included, in bytes: `VmHWM`.
  package static var peakResidentByteCount: Int? { value("VmHWM", in: "/proc/self/status") }

  /// Memory of this process that is in no file, in bytes: `RssAnon`.
  package static var anonymousResidentByteCount: Int? { value("RssAnon", in: "/proc/self/status") }

  /// Memory that the system can provide without swapping, in bytes: `MemAvailable`, which includes
  /// the cache of files.
  package static var availableMemoryByteCount: Int? { value("MemAvailable", in: "/proc/meminfo") }

  /// The files that are mapped into this process, such as the libraries that it has loaded.
  package static var mappedPaths: Set<String> {
    let lines = (text("/proc/self/maps") ?? "").split(separator: "\n")
    return Set(lines.compactMap { line in line.firstIndex(of: "/").map { String(line[$0...]) } })
  }

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

  /// A file of `/proc`, whose stated size is 0, so that it cannot be mapped.
  private static func text(_ path: String) -> String? {
    let file = Descriptor(unsafe open(path, O_RDONLY | O_CLOEXEC))
    guard file.number >= 0 else { return nil }
    // One call reads at most a page of /proc/self/maps; the other files have about 1.5 KB.
    var buffer = [UInt8](repeating: 0, count: 16_384)
    var bytes: [UInt8] = []
    while let count = file.read(into: &buffer) { bytes += buffer[..<count] }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }
}
