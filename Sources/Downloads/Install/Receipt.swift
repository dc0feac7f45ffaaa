internal import Bytes
internal import Glibc

/// The record of a pull about an installed model: `.NAME.pull.json` beside it.
package struct Receipt: Sendable, Equatable {
  /// The name in the registry, or the repository.
  package let name: String
  /// The licence, where it was known.
  package let license: String?
  /// The day of the download, `2026-11-30`.
  package let day: String
  /// The files with their digests.
  package let files: [DownloadedFile]

  /// The place of the receipt of a model.
  ///
  /// - Parameter target: the model's file or folder.
  /// - Returns: the path, whether it exists or not.
  package static func path(ofModelAt target: String) -> String {
    "\(Paths.folder(of: target))/.\(Paths.name(of: target)).pull.json"
  }

  /// The receipt of a model; nil where there is none that can be read.
  package static func read(ofModelAt target: String) -> Receipt? {
    guard let bytes = MappedFile.smallContents(path: path(ofModelAt: target), below: 1 << 20),
      let json = try? JSONValue.parse(bytes)
    else { return nil }
    return Receipt(json)
  }

  init(name: String, license: String?, files: [DownloadedFile]) {
    self.name = name
    self.license = license
    self.files = files
    day = Self.today()
  }

  private init?(_ json: JSONValue) {
    guard let name = json["name"]?.stringValue, let day = json["day"]?.stringValue else {
      return nil
    }
    self.name = name
    self.day = day
    license = json["license"]?.stringValue
    files = (json["files"]?.arrayValue ?? []).compactMap { item in
      guard let path = item["path"]?.stringValue, PlainPath.isSafe(path),
        let byteCount = item["bytes"]?.integerValue,
        let digest = item["sha256"]?.stringValue.flatMap({ SHA256Digest(hex: $0) }),
        let check = item["sha256_from"]?.stringValue.flatMap({ DownloadedFile.Check(rawValue: $0) })
      else { return nil }
      return DownloadedFile(
        path: path, byteCount: byteCount, sha256: digest, check: check,
        url: item["url"]?.stringValue ?? "")
    }
  }

  /// Writes the receipt of the model at `target`.
  func write(ofModelAt target: String) throws(DownloadError) {
    func member(_ key: String, _ value: JSONValue) -> JSONMember {
      JSONMember(key: key, value: value)
    }
    let list = files.map { file in
      JSONValue.object([
        member("path", .string(file.path)), member("bytes", .number(Double(file.byteCount))),
        member("sha256", .string(file.sha256.hex)),
        member("sha256_from", .string(file.check.rawValue)), member("url", .string(file.url)),
      ])
    }
    let json = JSONValue.object(
      [member("name", .string(name)), member("day", .string(day))]
        + (license.map { [member("license", .string($0))] } ?? [])
        + [member("files", .array(list))])
    let path = Self.path(ofModelAt: target)
    do throws(BytesError) {
      try AtomicFile.write(json.compactText + Array("\n".utf8), to: path)
    } catch {
      throw DownloadError.writing(error, path: path, kept: true)
    }
  }

  private static func today() -> String {
    var now = time(nil)
    var parts = unsafe tm()
    unsafe gmtime_r(&now, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return unsafe "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
  }
}
