// The directory of a ZIP archive: end record, ZIP64 records, central directory, local headers.
// Numbers in comments are sections of PKWARE APPNOTE 6.3.10.

/// Reads and checks the directory of one archive.
struct ZipDirectoryReader {
  let file: MappedFile

  enum Signature {
    static let localHeader: UInt32 = 0x0403_4B50
    static let centralHeader: UInt32 = 0x0201_4B50
    static let dataDescriptor: UInt32 = 0x0807_4B50
    static let end: UInt32 = 0x0605_4B50
    static let end64: UInt32 = 0x0606_4B50
    static let locator64: UInt32 = 0x0706_4B50
  }

  static let centralHeaderByteCount = 46

  /// Flag bits (4.4.4): encryption in three forms, and patch data.
  private static let encryptionFlags: UInt16 = 1 << 0 | 1 << 6 | 1 << 13
  private static let patchFlag: UInt16 = 1 << 5
  /// The sizes and the CRC are repeated after the data, and may be zero in the local header.
  static let descriptorFlag: UInt16 = 1 << 3
  /// Flags that change how a member is read; the two headers must agree on them.
  static let comparedFlags: UInt16 = encryptionFlags | patchFlag | descriptorFlag | 1 << 11

  init(_ file: MappedFile) { self.file = file }

  /// The range of the central directory and the number of members that it lists.
  struct Directory {
    let range: Range<Int>
    let entryCount: UInt64
  }

  /// A member before its local header was read.
  struct Central {
    let name: String
    let nameBytes: [UInt8]
    let flags: UInt16
    let method: UInt16
    let checksum: UInt32
    let compressedByteCount: UInt64
    let byteCount: UInt64
    let localOffset: UInt64
  }

  /// Reads all members, checks that they do not share bytes, and returns the directory's start.
  mutating func read() throws(ZipError) -> ([ZipArchive.Entry], directoryOffset: Int) {
    let directory = try findDirectory()
    let central = try readCentral(directory)
    var entries: [ZipArchive.Entry] = []
    var extents: [(name: String, range: Range<Int>)] = []
    var expandedByteCount: UInt64 = 0
    for member in central {
      let method = try checkLimits(member, expandedByteCount: &expandedByteCount)
      let (dataRange, extent) = try readLocal(member, limit: directory.range.lowerBound)
      entries.append(
        .init(
          name: member.name, method: method, checksum: member.checksum,
          byteCount: Int(member.byteCount), dataRange: dataRange, extent: extent))
      extents.append((member.name, extent))
    }
    extents.sort { $0.range.lowerBound < $1.range.lowerBound }
    for (first, second) in zip(extents, extents.dropFirst())
    where second.range.lowerBound < first.range.upperBound {
      throw .overlap(first: first.name, second: second.name)
    }
    return (entries, directory.range.lowerBound)
  }

  // MARK: Central directory (4.3.12)

  private func readCentral(_ directory: Directory) throws(ZipError) -> [Central] {
    var reader = try reader(directory.range)
    var members: [Central] = []
    for _ in 0..<directory.entryCount { members.append(try readCentral(&reader)) }
    guard reader.availableByteCount == 0 else {
      throw .invalid(
        byteOffset: reader.byteOffset,
        reason: "the central directory has more bytes than its members need")
    }
    return members
  }

  private func readCentral(_ reader: inout ByteReader) throws(ZipError) -> Central {
    let start = reader.byteOffset
    guard try field(&reader, UInt32.self) == Signature.centralHeader else {
      throw .invalid(byteOffset: start, reason: "no central header where one is stated")
    }
    _ = try field(&reader, UInt32.self)  // versions
    let flags: UInt16 = try field(&reader)
    let method: UInt16 = try field(&reader)
    _ = try field(&reader, UInt32.self)  // time and date
    let checksum: UInt32 = try field(&reader)
    let compressed: UInt32 = try field(&reader)
    let expanded: UInt32 = try field(&reader)
    let nameByteCount: UInt16 = try field(&reader)
    let extraByteCount: UInt16 = try field(&reader)
    let commentByteCount: UInt16 = try field(&reader)
    let disk: UInt16 = try field(&reader)
    _ = try field(&reader, UInt16.self)  // internal attributes
    _ = try field(&reader, UInt32.self)  // external attributes
    let offset: UInt32 = try field(&reader)
    let nameBytes = try bytes(Int(nameByteCount), &reader)
    var extra = try ZipExtra(bytes(Int(extraByteCount), &reader), byteOffset: start)
    _ = try bytes(Int(commentByteCount), &reader)
    let name = try checkedZipName(nameBytes)
    let byteCount = try extra.widened(expanded)
    let compressedByteCount = try extra.widened(compressed)
    let localOffset = try extra.widened(offset)
    guard disk == 0 || disk == .max else {
      throw .invalid(byteOffset: start, reason: "the archive has several parts")
    }
    return Central(
      name: name, nameBytes: nameBytes, flags: flags, method: method, checksum: checksum,
      compressedByteCount: compressedByteCount, byteCount: byteCount, localOffset: localOffset)
  }

  private func checkLimits(
    _ member: Central, expandedByteCount: inout UInt64
  ) throws(ZipError) -> ZipArchive.Method {
    if member.flags & ZipDirectoryReader.encryptionFlags != 0 {
      throw .encrypted(name: member.name)
    }
    if member.flags & ZipDirectoryReader.patchFlag != 0 {
      throw .damaged(name: member.name, reason: "it contains patch data")
    }
    guard let method = ZipArchive.Method(rawValue: member.method) else {
      throw .unsupportedMethod(name: member.name, method: member.method)
    }
    switch method {
    case .stored:
      guard member.byteCount == member.compressedByteCount else {
        throw .damaged(name: member.name, reason: "it is stored, but states two sizes")
      }
    case .deflated:
      let limit = ZipArchive.Limits.expandedByteCount
      guard member.byteCount <= limit, expandedByteCount + member.byteCount <= limit else {
        throw .limitExceeded(
          what: "expanded size up to '\(printable(member.name))'",
          value: member.byteCount, limit: limit)
      }
      expandedByteCount += member.byteCount
    }
    return method
  }

  // MARK: Primitives

  func reader(_ range: Range<Int>) throws(ZipError) -> ByteReader {
    do throws(BytesError) {
      return try ByteReader(file: file, range: range)
    } catch {
      throw .bytes(error)
    }
  }

  func bytes(_ range: Range<Int>) throws(ZipError) -> [UInt8] {
    do throws(BytesError) { return try file.copyBytes(range) } catch { throw .bytes(error) }
  }

  func field<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ reader: inout ByteReader, _ type: Integer.Type = Integer.self
  ) throws(ZipError) -> Integer {
    do throws(BytesError) {
      return try reader.integer(Integer.self, "ZIP record")
    } catch {
      throw .bytes(error)
    }
  }

  func bytes(_ byteCount: Int, _ reader: inout ByteReader) throws(ZipError) -> [UInt8] {
    do throws(BytesError) {
      return try reader.bytes(byteCount, "ZIP record")
    } catch {
      throw .bytes(error)
    }
  }

  func skip(_ byteCount: Int, _ reader: inout ByteReader) throws(ZipError) -> Range<Int> {
    do throws(BytesError) {
      return try reader.skip(byteCount, "data of a ZIP member")
    } catch {
      throw .bytes(error)
    }
  }
}
