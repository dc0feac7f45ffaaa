// Builds inconsistent ZIP archives: every field of every record can be set to a false value.

import Bytes

/// One member of an archive.
///
/// A nil field is written with its true value.
struct RawZipMember {
  var name: [UInt8]
  var content: [UInt8]
  /// The bytes as stored, or nil for the content itself.
  var data: [UInt8]?
  var method: UInt16 = 0
  var flags: UInt16 = 0
  var checksum: UInt32?
  var compressedByteCount: UInt32?
  var byteCount: UInt32?
  var centralExtra: [UInt8] = []
  var localExtra: [UInt8] = []
  var descriptor: [UInt8] = []
  var disk: UInt16 = 0

  // Values that the local header has instead.
  var localName: [UInt8]?
  var localMethod: UInt16?
  var localFlags: UInt16?
  var localChecksum: UInt32?
  var localByteCount: UInt32?
  var localCompressedByteCount: UInt32?
  var localSignature: UInt32 = 0x0403_4B50
  var centralSignature: UInt32 = 0x0201_4B50
  /// The offset of the local header that the central directory states.
  var localOffset: UInt32?

  init(_ name: String, _ content: [UInt8] = [1, 2, 3]) {
    self.name = Array(name.utf8)
    self.content = content
  }
}

/// An archive whose records need not agree with each other.
struct RawZip {
  var members: [RawZipMember] = []
  var prefix: [UInt8] = []
  /// Bytes between the central directory and the end record.
  var beforeEnd: [UInt8] = []
  var comment: [UInt8] = []
  var trailing: [UInt8] = []
  var commentByteCount: UInt16?
  var entryCount: UInt16?
  var entryCountHere: UInt16?
  var directoryByteCount: UInt32?
  var directoryOffset: UInt32?
  var disk: UInt16 = 0
  /// Makes the ZIP64 records, from the directory's offset, size and count.
  var end64: ((_ offset: Int, _ byteCount: Int, _ count: Int, _ here: Int) -> [UInt8])?

  var bytes: [UInt8] {
    var builder = ByteBuilder()
    builder.append(bytes: prefix)
    var offsets: [Int] = []
    for member in members {
      offsets.append(builder.byteCount)
      builder.append(local: member)
    }
    let directoryStart = builder.byteCount
    for (member, offset) in zip(members, offsets) {
      builder.append(central: member, offset: member.localOffset ?? UInt32(offset))
    }
    let directorySize = builder.byteCount - directoryStart
    builder.append(bytes: beforeEnd)
    if let end64 {
      builder.append(
        bytes: end64(directoryStart, directorySize, members.count, builder.byteCount))
    }
    builder.append(UInt32(0x0605_4B50))
    builder.append(disk)
    builder.append(disk)
    builder.append(entryCountHere ?? entryCount ?? UInt16(members.count))
    builder.append(entryCount ?? UInt16(members.count))
    builder.append(directoryByteCount ?? UInt32(directorySize))
    builder.append(directoryOffset ?? UInt32(directoryStart))
    builder.append(commentByteCount ?? UInt16(comment.count))
    builder.append(bytes: comment)
    builder.append(bytes: trailing)
    return builder.bytes
  }

  /// The two correct ZIP64 records, whose fields can be changed.
  static func end64(
    offset: UInt64, byteCount: UInt64, count: UInt64, here: Int, recordByteCount: UInt64 = 44,
    signature: UInt32 = 0x0606_4B50, locatorOffset: UInt64? = nil, disks: UInt64 = 0,
    diskCount: UInt32 = 1
  ) -> [UInt8] {
    var builder = ByteBuilder()
    builder.append(signature)
    builder.append(recordByteCount)
    builder.append(UInt32(45 | 45 << 16))
    builder.append(disks)
    builder.append(count)
    builder.append(count)
    builder.append(byteCount)
    builder.append(offset)
    builder.append(UInt32(0x0706_4B50))
    builder.append(UInt32(0))
    builder.append(locatorOffset ?? UInt64(here))
    builder.append(diskCount)
    return builder.bytes
  }
}

extension ByteBuilder {
  fileprivate mutating func append(local member: RawZipMember) {
    let data = member.data ?? member.content
    append(member.localSignature)
    append(UInt16(20))
    append(member.localFlags ?? member.flags)
    append(member.localMethod ?? member.method)
    append(UInt32(0))
    append(member.localChecksum ?? member.checksum ?? crc32(of: member.content))
    append(
      member.localCompressedByteCount ?? member.compressedByteCount ?? UInt32(data.count))
    append(member.localByteCount ?? member.byteCount ?? UInt32(member.content.count))
    append(UInt16((member.localName ?? member.name).count))
    append(UInt16(member.localExtra.count))
    append(bytes: member.localName ?? member.name)
    append(bytes: member.localExtra)
    append(bytes: data)
    append(bytes: member.descriptor)
  }

  fileprivate mutating func append(central member: RawZipMember, offset: UInt32) {
    let data = member.data ?? member.content
    append(member.centralSignature)
    append(UInt32(20 | 20 << 16))
    append(member.flags)
    append(member.method)
    append(UInt32(0))
    append(member.checksum ?? crc32(of: member.content))
    append(member.compressedByteCount ?? UInt32(data.count))
    append(member.byteCount ?? UInt32(member.content.count))
    append(UInt16(member.name.count))
    append(UInt16(member.centralExtra.count))
    append(UInt16(0))
    append(member.disk)
    append(UInt16(0))
    append(UInt32(0))
    append(offset)
    append(bytes: member.name)
    append(bytes: member.centralExtra)
  }
}
