// The header in front of each member's data, which must agree with the central directory.
// Numbers in comments are sections of PKWARE APPNOTE 6.3.10.

extension ZipDirectoryReader {
  /// The member's data, and all bytes that belong to it.
  func readLocal(
    _ member: Central, limit: Int
  ) throws(ZipError) -> (data: Range<Int>, extent: Range<Int>) {
    guard member.localOffset < UInt64(limit) else {
      throw .invalid(
        byteOffset: limit,
        reason: "the local header of '\(printable(member.name))' is not before it")
    }
    let start = Int(member.localOffset)
    var reader = try reader(start..<limit)
    func disagreement(_ field: String) -> ZipError {
      .disagreement(name: member.name, byteOffset: start, field: field)
    }
    guard try field(&reader, UInt32.self) == Signature.localHeader else {
      throw disagreement("signature")
    }
    _ = try field(&reader, UInt16.self)  // version
    let flags: UInt16 = try field(&reader)
    let method: UInt16 = try field(&reader)
    _ = try field(&reader, UInt32.self)  // time and date
    let checksum: UInt32 = try field(&reader)
    let compressed: UInt32 = try field(&reader)
    let expanded: UInt32 = try field(&reader)
    let nameByteCount: UInt16 = try field(&reader)
    let extraByteCount: UInt16 = try field(&reader)
    if (flags ^ member.flags) & ZipDirectoryReader.comparedFlags != 0 {
      throw disagreement("flag")
    }
    if method != member.method { throw disagreement("method") }
    if try bytes(Int(nameByteCount), &reader) != member.nameBytes { throw disagreement("name") }
    var extra = try ZipExtra(bytes(Int(extraByteCount), &reader), byteOffset: start)
    let byteCount = try extra.widened(expanded)
    let compressedByteCount = try extra.widened(compressed)

    let hasDescriptor = flags & ZipDirectoryReader.descriptorFlag != 0
    func agrees(_ local: UInt64, _ central: UInt64) -> Bool {
      local == central || hasDescriptor && local == 0
    }
    if !agrees(UInt64(checksum), UInt64(member.checksum)) { throw disagreement("CRC") }
    if !agrees(byteCount, member.byteCount) { throw disagreement("size") }
    if !agrees(compressedByteCount, member.compressedByteCount) {
      throw disagreement("compressed size")
    }
    guard let dataByteCount = Int(exactly: member.compressedByteCount) else {
      throw .bytes(
        .truncated(
          what: "data of ZIP member '\(printable(member.name))'",
          byteOffset: reader.byteOffset, needed: member.compressedByteCount,
          available: reader.availableByteCount))
    }
    let data = try skip(dataByteCount, &reader)
    if hasDescriptor { try skipDescriptor(member, &reader) }
    return (data, start..<reader.byteOffset)
  }

  /// Steps over the data descriptor (4.3.9), which comes in four forms and repeats the sizes.
  private func skipDescriptor(
    _ member: Central, _ reader: inout ByteReader
  ) throws(ZipError) {
    let start = reader.byteOffset
    for hasSignature in [true, false] {
      for isWide in [false, true] {
        var attempt = reader
        if try matches(member, hasSignature: hasSignature, isWide: isWide, &attempt) {
          reader = attempt
          return
        }
      }
    }
    throw .disagreement(name: member.name, byteOffset: start, field: "data descriptor")
  }

  private func matches(
    _ member: Central, hasSignature: Bool, isWide: Bool, _ reader: inout ByteReader
  ) throws(ZipError) -> Bool {
    let byteCount = (hasSignature ? 4 : 0) + 4 + (isWide ? 16 : 8)
    guard reader.availableByteCount >= byteCount else { return false }
    if hasSignature, try field(&reader, UInt32.self) != Signature.dataDescriptor { return false }
    let checksum: UInt32 = try field(&reader)
    let sizes: (UInt64, UInt64) =
      isWide
      ? (try field(&reader), try field(&reader))
      : (UInt64(try field(&reader, UInt32.self)), UInt64(try field(&reader, UInt32.self)))
    return checksum == member.checksum && sizes == (member.compressedByteCount, member.byteCount)
  }
}
