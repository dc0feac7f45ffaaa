package import Bytes

/// A name that a pickle of a file imports, whether or not the file can be opened.
package struct TorchImport: Sendable, Equatable {
  /// Module and name, such as `collections.OrderedDict` or `os.system`.
  package let name: String
  /// The pickle: a member of the archive, or `pickle` of a legacy file.
  package let member: String
  /// The place in the pickle for a compressed member, in the file otherwise.
  package let byteOffset: Int
  /// Whether weights need it; the reader refuses a file that imports anything else in data.pkl.
  package let isAllowed: Bool
}

extension TorchImport {
  /// Lists what the pickles of a file import, and calls none of it.
  ///
  /// Each name is listed once for each pickle. A pickle that breaks off is listed up to there.
  ///
  /// - Parameter file: any file.
  /// - Returns: the names in the order of the file; empty for a file without pickles, or in which
  ///   none can be found.
  /// - Complexity: O(pickles).
  package static func all(of file: MappedFile) -> [TorchImport] {
    let firstBytes = (try? file.copyBytes(0..<min(2, file.byteCount))) ?? []
    if firstBytes.first == PickleOpcode.proto.rawValue { return ofSequence(file) }
    guard let archive = try? ZipArchive(file: file) else { return [] }
    return archive.entries.filter { $0.name.hasSuffix(".pkl") || $0.name.hasSuffix("_pkl") }
      .flatMap { ofMember($0, of: archive) }
  }

  private static func ofMember(
    _ entry: ZipArchive.Entry, of archive: ZipArchive
  ) -> [TorchImport] {
    if entry.method == .stored, entry.byteCount <= PickleLimits.byteCount,
      let reader = try? ByteReader(file: archive.file, range: entry.dataRange)
    {
      return survey(reader, member: entry.name).imports
    }
    guard entry.byteCount <= PickleLimits.byteCount,
      let contents = try? archive.contents(of: entry)
    else { return [] }
    return survey(ByteReader(bytes: contents), member: entry.name).imports
  }

  /// The pickles at the start of a legacy file, one after the other.
  private static func ofSequence(_ file: MappedFile) -> [TorchImport] {
    var imports: [TorchImport] = []
    var names: Set<String> = []
    var offset = 0
    // Magic number, protocol, machine, object, keys.
    for _ in 0..<5 {
      let end = offset + min(file.byteCount - offset, PickleLimits.byteCount)
      guard let reader = try? ByteReader(file: file, range: offset..<end) else { break }
      let found = survey(reader, member: "pickle")
      imports += found.imports.filter { names.insert($0.name).inserted }
      guard let next = found.end else { break }
      offset = next
    }
    return imports
  }

  /// The names that one pickle imports, and its end; nil where it breaks off.
  private static func survey(
    _ reader: ByteReader, member: String
  ) -> (imports: [TorchImport], end: Int?) {
    var machine = PickleMachine(reader, policy: .survey)
    let ended = (try? machine.run()) != nil
    var names: Set<String> = []
    let imports = machine.globals.filter { names.insert($0.name).inserted }.map {
      TorchImport(
        name: $0.name, member: member, byteOffset: $0.byteOffset, isAllowed: $0.meaning != nil)
    }
    return (imports, ended ? machine.reader.byteOffset : nil)
  }
}
