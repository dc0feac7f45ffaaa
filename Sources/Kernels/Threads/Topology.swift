import Glibc

/// The physical cores that this process may use: the CPUs of its affinity mask, counted once for
/// each pair of package and core id in `/sys/devices/system/cpu`; at least 1.
package func physicalCoreCount() -> Int {
  let online = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  guard let list = allowedCPUs() else { return online }
  var cores: Set<[Int]> = []
  for cpu in list {
    let topology = "/sys/devices/system/cpu/cpu\(cpu)/topology/"
    guard let core = lines(of: topology + "core_id").first.flatMap({ Int($0) }),
      let package = lines(of: topology + "physical_package_id").first.flatMap({ Int($0) })
    else { return max(1, list.count) }
    cores.insert([package, core])
  }
  return max(1, cores.count)
}

/// The CPUs that the scheduler may give this process, from `/proc/self/status`; nil when unknown.
private func allowedCPUs() -> [Int]? {
  let key = "Cpus_allowed_list:"
  guard let line = lines(of: "/proc/self/status").first(where: { $0.hasPrefix(key) }) else {
    return nil
  }
  var cpus: [Int] = []
  for part in line.dropFirst(key.count).split(separator: ",") {
    let bounds = part.split(separator: "-").map { Int($0.filter(\.isNumber)) ?? -1 }
    guard let first = bounds.first, let last = bounds.last, 0 <= first, first <= last,
      last < 1 << 16
    else { return nil }
    cpus += first...last
  }
  return cpus.isEmpty ? nil : cpus
}

/// The lines of a small text file of the Linux kernel; none when it cannot be read.
private func lines(of path: String) -> [String] {
  guard let file = fopen(path, "r") else { return [] }
  defer { fclose(file) }
  var buffer = [UInt8](repeating: 0, count: 16_384)
  let count = fread(&buffer, 1, buffer.count, file)
  return buffer.prefix(count).split(separator: UInt8(ascii: "\n")).map {
    String(decoding: $0, as: UTF8.self)
  }
}
