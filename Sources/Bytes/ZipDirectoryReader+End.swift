// The end record of a ZIP archive and its ZIP64 forms, which locate the central directory: APPNOTE
// 4.3.14 to 4.3.16.

/// Bytes of the end record without its comment.
private let endByteCount = 22
/// Bytes of the locator of the ZIP64 end record.
private let locatorByteCount = 20

extension ZipDirectoryReader {
  func findDirectory() throws(ZipError) -> Directory {
    let endOffset = try findEnd()
    var reader = try reader(endOffset..<file.byteCount)
    _ = try field(&reader, UInt32.self)
    let disk: UInt16 = try field(&reader)
    let directoryDisk: UInt16 = try field(&reader)
    let entryCountHere: UInt16 = try field(&reader)
    let entryCount: UInt16 = try field(&reader)
    let byteCount: UInt32 = try field(&reader)
    let offset: UInt32 = try field(&reader)
    guard disk == directoryDisk, disk == 0 || disk == .max, entryCountHere == entryCount else {
      throw .invalid(byteOffset: endOffset, reason: "the archive has several parts")
    }
    if let wide = try findEnd64(before: endOffset) {
      func agrees<Narrow: FixedWidthInteger>(_ narrow: Narrow, _ wide: UInt64) -> Bool {
        narrow == .max || UInt64(narrow) == wide
      }
      guard agrees(entryCount, wide.entryCount), agrees(byteCount, wide.byteCount),
        agrees(offset, wide.offset)
      else {
        throw .invalid(byteOffset: endOffset, reason: "the two end records disagree")
      }
      return try directory(
        offset: wide.offset, byteCount: wide.byteCount, entryCount: wide.entryCount,
        end: wide.recordOffset)
    }
    if disk == .max {
      throw .invalid(byteOffset: endOffset, reason: "the archive has several parts")
    }
    return try directory(
      offset: UInt64(offset), byteCount: UInt64(byteCount), entryCount: UInt64(entryCount),
      end: endOffset)
  }

  /// The last end record; its comment must reach the end of the file exactly.
  private func findEnd() throws(ZipError) -> Int {
    guard file.byteCount >= endByteCount else {
      throw .notAnArchive(path: file.path)
    }
    let last = file.byteCount - endByteCount
    let first = max(0, last - Int(UInt16.max))
    let tail = try bytes(first..<file.byteCount)
    for offset in stride(from: last, through: first, by: -1) {
      let index = offset - first
      guard tail[index] == 0x50, tail[index + 1] == 0x4B, tail[index + 2] == 5,
        tail[index + 3] == 6
      else { continue }
      let commentByteCount = Int(tail[index + 20]) | Int(tail[index + 21]) << 8
      guard offset + endByteCount + commentByteCount == file.byteCount else {
        throw .invalid(byteOffset: offset, reason: "bytes follow the end record and its comment")
      }
      return offset
    }
    throw .notAnArchive(path: file.path)
  }

  private struct End64 {
    let recordOffset: Int
    let entryCount: UInt64
    let byteCount: UInt64
    let offset: UInt64
  }

  /// The ZIP64 end record, where its locator is right before the end record.
  private func findEnd64(before endOffset: Int) throws(ZipError) -> End64? {
    let locatorOffset = endOffset - locatorByteCount
    guard locatorOffset >= 0 else { return nil }
    var locator = try reader(locatorOffset..<endOffset)
    guard try field(&locator, UInt32.self) == Signature.locator64 else { return nil }
    let disk: UInt32 = try field(&locator)
    let stated: UInt64 = try field(&locator)
    let diskCount: UInt32 = try field(&locator)
    guard disk == 0, diskCount <= 1, let recordOffset = Int(exactly: stated),
      recordOffset < locatorOffset
    else { throw .invalid(byteOffset: locatorOffset, reason: "the ZIP64 locator points nowhere") }

    var reader = try reader(recordOffset..<locatorOffset)
    let signature: UInt32 = try field(&reader)
    let recordByteCount: UInt64 = try field(&reader)
    // The size leaves out the first two fields, 12 bytes.
    guard signature == Signature.end64, recordByteCount == UInt64(reader.availableByteCount) else {
      throw .invalid(byteOffset: recordOffset, reason: "the ZIP64 end record is damaged")
    }
    _ = try field(&reader, UInt32.self)  // versions
    let disks: UInt64 = try field(&reader)
    let entryCountHere: UInt64 = try field(&reader)
    let entryCount: UInt64 = try field(&reader)
    let byteCount: UInt64 = try field(&reader)
    let offset: UInt64 = try field(&reader)
    guard disks == 0, entryCountHere == entryCount else {
      throw .invalid(byteOffset: recordOffset, reason: "the archive has several parts")
    }
    return End64(
      recordOffset: recordOffset, entryCount: entryCount, byteCount: byteCount, offset: offset)
  }

  /// The central directory must end where the end records begin: no room for a second one.
  private func directory(
    offset: UInt64, byteCount: UInt64, entryCount: UInt64, end: Int
  ) throws(ZipError) -> Directory {
    let (stated, overflow) = offset.addingReportingOverflow(byteCount)
    guard !overflow, stated == UInt64(end), let start = Int(exactly: offset) else {
      throw .invalid(
        byteOffset: end, reason: "the central directory does not end at its end record")
    }
    let possible = min(
      ZipArchive.Limits.entryCount, byteCount / UInt64(ZipDirectoryReader.centralHeaderByteCount))
    guard entryCount <= possible else {
      throw .limitExceeded(what: "member count", value: entryCount, limit: possible)
    }
    return Directory(range: start..<end, entryCount: entryCount)
  }
}
