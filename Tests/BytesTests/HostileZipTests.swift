import Bytes
import Testing

/// Archives that two programs could interpret differently, that hide bytes, or that expand without
/// limit.
@Suite struct HostileZipTests {
  private struct HostileZip {
    let name: String
    let expected: String
    let bytes: [UInt8]
  }

  @Test func everyHostileArchiveIsRefusedWithItsOwnError() {
    let files = ends() + wideEnds() + names() + members() + contents()
    for file in files {
      do throws(ZipError) {
        let archive = try ZipArchive(file: MappedFile(bytes: file.bytes, name: "test"))
        for entry in archive.entries { _ = try archive.contents(of: entry) }
        Issue.record("'\(file.name)' opened, expected \(file.expected)")
      } catch {
        let found = Mirror(reflecting: error).children.first?.label ?? ""
        #expect(found == file.expected, "'\(file.name)': \(error)")
        #expect(!error.description.isEmpty)
      }
    }
    #expect(Set(files.map(\.name)).count == files.count)
    print("ZIP: \(files.count) hostile archives")
    #expect(files.count >= 70)
  }

  @Test(arguments: ["plain.zip", "streamed.zip", "wide.zip"])
  func damagedArchives(_ name: String) throws {
    let valid = try MappedFile(path: ZipTests.path(name)).copyBytes()
    var refused = 0
    var opened = 0
    func attempt(_ bytes: [UInt8]) {
      do throws(ZipError) {
        let archive = try ZipArchive(file: MappedFile(bytes: bytes, name: "test"))
        for entry in archive.entries {
          #expect(entry.dataRange.upperBound <= bytes.count)
          #expect(try archive.contents(of: entry).count == entry.byteCount)
        }
        opened += 1
      } catch {
        refused += 1
      }
    }
    for byteCount in 0..<valid.count { attempt(Array(valid.prefix(byteCount))) }
    #expect(opened == 0, "a cut archive opened")
    for position in valid.indices {
      for value in [0x00, 0xFF, valid[position] ^ 0x80] {
        var bytes = valid
        bytes[position] = value
        attempt(bytes)
      }
    }
    print(
      "\(name): \(valid.count) prefixes and \(3 * valid.count) mutations, "
        + "\(refused) refused, \(opened) opened in bounds")
  }

  // MARK: The corpus

  private func zip(
    _ name: String, _ expected: String, _ change: (inout RawZip) -> Void
  ) -> HostileZip {
    var raw = RawZip(members: [RawZipMember("a"), RawZipMember("b")])
    change(&raw)
    return .init(name: name, expected: expected, bytes: raw.bytes)
  }

  /// Two members, the first of them changed.
  private func member(
    _ name: String, _ expected: String, _ change: (inout RawZipMember) -> Void
  ) -> HostileZip {
    zip(name, expected) { change(&$0.members[0]) }
  }

  private func ends() -> [HostileZip] {
    let endInComment: [UInt8] = [0x50, 0x4B, 5, 6]
    return [
      .init(name: "no bytes", expected: "notAnArchive", bytes: []),
      .init(name: "21 bytes", expected: "notAnArchive", bytes: .init(repeating: 0, count: 21)),
      .init(
        name: "100,000 zeros", expected: "notAnArchive", bytes: .init(repeating: 0, count: 100_000)),
      zip("trailing bytes", "invalid") { $0.trailing = [0] },
      zip("a comment that is not there", "invalid") { $0.commentByteCount = 1 },
      zip("an end record inside the comment", "invalid") {
        $0.comment = endInComment + .init(repeating: 0, count: 18)
        $0.comment[4] = 1
        $0.comment.append(0)
      },
      zip("bytes before the first member", "disagreement") {
        $0.prefix = [1, 2, 3]
        $0.members[0].localOffset = 0
      },
      zip("bytes after the directory", "invalid") { $0.beforeEnd = [0] },
      zip("a second part", "invalid") { $0.disk = 1 },
      zip("part 65535 without ZIP64", "invalid") { $0.disk = .max },
      zip("fewer members here than in all", "invalid") { $0.entryCountHere = 1 },
      zip("more members than listed", "limitExceeded") { $0.entryCount = 3 },
      zip("65,535 members", "limitExceeded") { $0.entryCount = 65_535 },
      zip("fewer members than listed", "invalid") { $0.entryCount = 1 },
      zip("a directory too short", "invalid") { $0.directoryByteCount = 10 },
      zip("a directory of 2^32 - 1 bytes", "invalid") { $0.directoryByteCount = .max },
      zip("a directory beyond the end", "invalid") { $0.directoryOffset = .max - 1 },
      zip("a directory at the start", "invalid") { $0.directoryOffset = 0 },
      zip("a directory at the start that fits", "invalid") {
        $0.directoryOffset = 0
        $0.directoryByteCount = UInt32(2 * 34 + 2 * 47)
      },
    ]
  }

  private func wideEnds() -> [HostileZip] {
    typealias Fields = (offset: Int, byteCount: Int, count: Int, here: Int)
    func wide(
      _ name: String, _ expected: String, marks: Bool = true,
      _ make: @escaping (Fields) -> [UInt8]
    ) -> HostileZip {
      zip(name, expected) {
        $0.end64 = { make((offset: $0, byteCount: $1, count: $2, here: $3)) }
        if marks {
          $0.entryCount = .max
          $0.directoryByteCount = .max
          $0.directoryOffset = .max
        }
      }
    }
    func records(
      _ fields: Fields, offset: UInt64? = nil, byteCount: UInt64? = nil, count: UInt64? = nil,
      recordByteCount: UInt64 = 44, signature: UInt32 = 0x0606_4B50,
      locatorOffset: UInt64? = nil, disks: UInt64 = 0, diskCount: UInt32 = 1
    ) -> [UInt8] {
      RawZip.end64(
        offset: offset ?? UInt64(fields.offset), byteCount: byteCount ?? UInt64(fields.byteCount),
        count: count ?? UInt64(fields.count), here: fields.here, recordByteCount: recordByteCount,
        signature: signature, locatorOffset: locatorOffset, disks: disks, diskCount: diskCount)
    }
    return [
      wide("ZIP64: count 2^64 - 1", "limitExceeded") { records($0, count: .max) },
      wide("ZIP64: offset 2^64 - 1", "invalid") { records($0, offset: .max) },
      wide("ZIP64: size 2^64 - 1", "invalid") { records($0, byteCount: .max) },
      wide("ZIP64: size and offset that wrap", "invalid") {
        records($0, offset: .max, byteCount: UInt64($0.here) &+ 1)
      },
      wide("ZIP64: locator at 2^63", "invalid") { records($0, locatorOffset: 1 << 63) },
      wide("ZIP64: locator at itself", "invalid") {
        records($0, locatorOffset: UInt64($0.here + 56))
      },
      wide("ZIP64: locator at 0", "invalid") { records($0, locatorOffset: 0) },
      wide("ZIP64: wrong signature", "invalid") { records($0, signature: 0) },
      wide("ZIP64: record size 2^64 - 1", "invalid") { records($0, recordByteCount: .max) },
      wide("ZIP64: record size 0", "invalid") { records($0, recordByteCount: 0) },
      wide("ZIP64: several parts", "invalid") { records($0, disks: 1) },
      wide("ZIP64: several parts in the locator", "invalid") { records($0, diskCount: 2) },
      wide("ZIP64: another count than the end record", "invalid", marks: false) {
        records($0, count: 1)
      },
      wide("ZIP64: another offset than the end record", "invalid", marks: false) {
        records($0, offset: 0, byteCount: UInt64($0.here))
      },
      zip("ZIP64 marks without ZIP64 records", "invalid") {
        $0.directoryOffset = .max
        $0.directoryByteCount = .max
      },
    ]
  }

  private func names() -> [HostileZip] {
    var files = [
      "../a", "a/../../b", "..", ".", "./a", "a/./b", "a//b", "/etc/passwd", "//a", "C:/a", "C:",
      "a\\b", "..\\a", "a\u{0}b", "a\nb", "a\u{1B}[2J", "a\u{7F}", "", "/",
    ].map { name in
      member("name \(name.debugDescription)", "unsafeName") { $0.name = Array(name.utf8) }
    }
    files.append(member("a name that is not UTF-8", "unsafeName") { $0.name = [0xFF, 0xFE] })
    files.append(
      member("an overlong slash", "unsafeName") { $0.name = [0x2E, 0x2E, 0xC0, 0xAF, 0x61] })
    files.append(
      member("a name of 4,097 bytes", "unsafeName") {
        $0.name = .init(repeating: 0x61, count: 4_097)
      })
    files.append(member("one name twice", "duplicateName") { $0.name = Array("b".utf8) })
    files.append(
      zip("one name in two normal forms", "duplicateName") {
        $0.members[0].name = Array("\u{E9}".utf8)
        $0.members[1].name = Array("e\u{301}".utf8)
      })
    return files
  }

  private func members() -> [HostileZip] {
    let duplicateExtra: [UInt8] = [1, 0, 0, 0, 1, 0, 0, 0]
    return [
      member("another name in the local header", "disagreement") { $0.localName = [0x63] },
      member("a longer name in the local header", "disagreement") {
        $0.localName = Array("a.exe".utf8)
      },
      member("another method in the local header", "disagreement") { $0.localMethod = 8 },
      member("another CRC in the local header", "disagreement") { $0.localChecksum = 1 },
      member("a CRC of 0 without a descriptor", "disagreement") { $0.localChecksum = 0 },
      member("another size in the local header", "disagreement") { $0.localByteCount = 4 },
      member("another compressed size in the local header", "disagreement") {
        $0.localCompressedByteCount = 2
      },
      member("encryption in the local header alone", "disagreement") { $0.localFlags = 1 },
      member("UTF-8 in the local header alone", "disagreement") { $0.localFlags = 1 << 11 },
      member("no local signature", "disagreement") { $0.localSignature = 0 },
      member("no central signature", "invalid") { $0.centralSignature = 0 },
      member("a descriptor that is not there", "disagreement") { $0.flags = 1 << 3 },
      member("a descriptor that differs", "disagreement") {
        $0.flags = 1 << 3
        $0.descriptor = .init(repeating: 9, count: 24)
      },
      member("local header inside the directory", "invalid") { $0.localOffset = 70 },
      member("local header beyond the end", "invalid") { $0.localOffset = .max - 1 },
      member("local header of the next member", "disagreement") { $0.localOffset = 34 },
      zip("one local header for two", "overlap") {
        $0.members[1].name = Array("a".utf8)
        $0.members[1].localOffset = 0
        $0.members[0].name = Array("a".utf8)
      },
      zip("a member inside another", "overlap") { raw in
        // The records of the second member are the content of the first.
        let inner = RawZip(members: [RawZipMember("b")]).bytes.prefix(34)
        raw.members[0].content = Array(inner)
        raw.members[1].localOffset = 31
      },
      member("encrypted", "encrypted") { $0.flags = 1 },
      member("strongly encrypted", "encrypted") { $0.flags = 1 << 6 },
      member("with masked headers", "encrypted") { $0.flags = 1 << 13 },
      member("patch data", "damaged") { $0.flags = 1 << 5 },
      member("on another part", "invalid") { $0.disk = 1 },
      member("stored with two sizes", "damaged") { $0.byteCount = 4 },
      member("stored data that leave the archive", "bytes") {
        $0.byteCount = 1_000
        $0.compressedByteCount = 1_000
      },
      member("stored data of 2^32 - 2 bytes", "bytes") {
        $0.byteCount = .max - 1
        $0.compressedByteCount = .max - 1
      },
      member("a ZIP64 size that is missing", "invalid") { $0.byteCount = .max },
      member("a ZIP64 size of 2^64 - 1", "bytes") {
        $0.byteCount = .max
        $0.compressedByteCount = .max
        $0.centralExtra = [1, 0, 16, 0] + .init(repeating: 0xFF, count: 16)
        $0.localExtra = $0.centralExtra
      },
      member("extra fields that leave the header", "invalid") {
        $0.centralExtra = [2, 0, 9, 0]
      },
      member("an extra field cut in its id", "invalid") { $0.centralExtra = [2] },
      member("ZIP64 sizes twice", "invalid") { $0.centralExtra = duplicateExtra },
      member("ZIP64 sizes twice in the local header", "invalid") {
        $0.localExtra = duplicateExtra
      },
    ]
  }

  private func contents() -> [HostileZip] {
    // An uncompressed deflate block (RFC 1951, 3.2.4): final bit, length, its complement, bytes.
    let block: [UInt8] = [1, 3, 0, 0xFC, 0xFF, 1, 2, 3]
    func deflated(
      _ name: String, _ expected: String, _ data: [UInt8], byteCount: UInt32? = nil,
      checksum: UInt32? = nil
    ) -> HostileZip {
      member(name, expected) {
        $0.method = 8
        $0.data = data
        $0.byteCount = byteCount
        $0.checksum = checksum
      }
    }
    var files = [1, 2, 6, 9, 12, 14, 93, 99, 0xFFFF].map { (method: UInt16) in
      member("method \(method)", "unsupportedMethod") { $0.method = method }
    }
    files += [
      member("a wrong CRC of stored data", "checksum") { $0.checksum = 5 },
      deflated("a wrong CRC of deflated data", "checksum", block, checksum: 5),
      deflated("no deflate data", "damaged", []),
      deflated("deflate data of the reserved kind", "damaged", [0xFF, 0xFF]),
      deflated("a block whose complement is wrong", "damaged", [1, 3, 0, 0, 0, 1, 2, 3]),
      deflated("a block that ends early", "damaged", Array(block.prefix(6))),
      deflated("no final block", "damaged", [0] + block.dropFirst()),
      deflated("a larger content than stated", "damaged", block, byteCount: 2),
      deflated("a smaller content than stated", "damaged", block, byteCount: 4),
      deflated("a stated size of 0", "damaged", block, byteCount: 0),
      deflated("bytes after the final block", "damaged", block + [0]),
      deflated("a distance before the start", "damaged", [0x4B, 0x04, 0x41, 0x00]),
      deflated("2 MiB from 8 bytes", "limitExceeded", block, byteCount: 2 << 20),
      deflated("1 GiB and a byte", "limitExceeded", block, byteCount: 1 << 30 + 1),
      deflated("4 GiB", "limitExceeded", block, byteCount: .max - 1),
      zip("1 GiB in two members", "limitExceeded") { raw in
        // 11 MB of compressed bytes would pass the ratio; only the sum is too large.
        for index in 0..<2 {
          raw.members[index].method = 8
          raw.members[index].data = .init(repeating: 0, count: 6 << 20)
          raw.members[index].byteCount = 600 << 20
        }
      },
    ]
    return files
  }
}
