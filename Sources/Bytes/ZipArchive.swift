// ZIP, the container of DOCX files and of PyTorch's .pt files. Two programs that read one archive
// differently are how malware passes scanners, so this reader takes only archives that have one
// reading: every local header agrees with the central directory, names are unique and plain, and
// no byte belongs to two members. Specification: PKWARE APPNOTE 6.3.10.

/// A read-only ZIP archive whose directory has been checked as a whole.
package struct ZipArchive: Sendable {
  /// The compression method of a member.
  package enum Method: UInt16, Sendable {
    case stored = 0
    case deflated = 8
  }

  /// One member.
  package struct Entry: Sendable, Equatable {
    /// A relative path with forward slashes; a folder's ends in one.
    package let name: String
    package let method: Method
    /// CRC-32 of the content.
    package let checksum: UInt32
    /// The size of the content.
    package let byteCount: Int
    /// The range of the stored or compressed bytes in the file.
    package let dataRange: Range<Int>
    /// Everything that belongs to the member: its local header, its data, its data descriptor.
    package let extent: Range<Int>

    /// Whether the member is a folder.
    package var isFolder: Bool { name.utf8.last == UInt8(ascii: "/") }
  }

  /// The limits of an archive, far above those of any file of text or XML.
  package enum Limits {
    /// Members of an archive.
    ///
    /// Published .pt files have some 2,000.
    package static let entryCount: UInt64 = 65_536
    /// Bytes that a deflated member, or all of them together, may expand to: 1 GiB.
    package static let expandedByteCount: UInt64 = 1 << 30
    /// Content bytes per compressed byte of a member that is read, if it is not small.
    ///
    /// Deflate itself reaches 1,032; the XML of office documents stays below 30. A member that is
    /// never read, such as a blank picture, may have any ratio.
    package static let expansionRatio: UInt64 = 100
    /// Members up to this size may have any ratio: 1 MiB of blanks is harmless.
    package static let ratioFreeByteCount: UInt64 = 1 << 20
    /// Bytes of a name.
    package static let nameByteCount = 4_096
  }

  /// The open file.
  package let file: MappedFile
  /// All members, in the order of the central directory.
  package let entries: [Entry]

  /// The start of the central directory, after which no member has bytes.
  package let directoryOffset: Int

  private let indexByName: [String: Int]

  /// Opens an archive and checks its whole directory; no content is read yet.
  ///
  /// - Throws: `ZipError` naming the rule that the archive breaks.
  package init(path: String) throws(ZipError) {
    let file: MappedFile
    do throws(BytesError) {
      file = try MappedFile(path: path)
    } catch {
      throw .bytes(error)
    }
    try self.init(file: file)
  }

  /// Reads the directory of a file that is open already.
  package init(file: MappedFile) throws(ZipError) {
    var reader = ZipDirectoryReader(file)
    (entries, directoryOffset) = try reader.read()
    self.file = file
    var indexByName: [String: Int] = [:]
    for (index, entry) in entries.enumerated() {
      if indexByName.updateValue(index, forKey: entry.name) != nil {
        throw .duplicateName(name: entry.name)
      }
    }
    self.indexByName = indexByName
  }

  /// The names of all members.
  package var names: [String] { entries.map(\.name) }

  /// The member called `name`, or nil.
  package func entry(named name: String) -> Entry? { indexByName[name].map { entries[$0] } }

  /// The content of the member called `name`.
  ///
  /// - Throws: `ZipError.missing`, or what `contents(of:)` throws.
  package func contents(named name: String) throws(ZipError) -> [UInt8] {
    guard let entry = entry(named: name) else { throw .missing(name: name) }
    return try contents(of: entry)
  }

  /// The content of a member, with its CRC checked.
  ///
  /// - Precondition: `entry` is one of this archive's.
  /// - Throws: `ZipError.damaged` or `.checksum`; `.limitExceeded` for a member that expands more
  ///   than `Limits.expansionRatio` times.
  /// - Complexity: O(content); memory for the content.
  package func contents(of entry: Entry) throws(ZipError) -> [UInt8] {
    try checkExpansion(of: entry)
    let bytes: [UInt8]
    switch entry.method {
    case .stored:
      do throws(BytesError) {
        bytes = try file.copyBytes(entry.dataRange)
      } catch {
        throw .bytes(error)
      }
    case .deflated:
      bytes = try inflate(file, entry.dataRange, byteCount: entry.byteCount, name: entry.name)
    }
    try check(crc32(of: bytes), of: entry)
    return bytes
  }

  private func checkExpansion(of entry: Entry) throws(ZipError) {
    let (size, packed) = (UInt64(entry.byteCount), UInt64(entry.dataRange.count))
    guard entry.method == .deflated, size > Limits.ratioFreeByteCount,
      size / Limits.expansionRatio >= packed
    else { return }
    throw .limitExceeded(
      what: "expansion of '\(printable(entry.name))'", value: size / max(1, packed),
      limit: Limits.expansionRatio)
  }

  /// Checks the CRC of a stored member where it is, without a copy.
  ///
  /// - Precondition: `entry` is one of this archive's and is stored.
  /// - Throws: `ZipError.checksum`.
  /// - Complexity: O(content).
  package func verifyStored(_ entry: Entry) throws(ZipError) {
    precondition(entry.method == .stored, "a deflated member is checked by contents(of:)")
    try check(crc32(of: file, entry.dataRange), of: entry)
  }

  private func check(_ computed: UInt32, of entry: Entry) throws(ZipError) {
    guard computed == entry.checksum else {
      throw .checksum(name: entry.name, stated: entry.checksum, computed: computed)
    }
  }
}
