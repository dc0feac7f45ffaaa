/// The names of the streams in an OLE compound file, the container of Office files until 2003
/// ([MS-CFB], sections 2.2 header and 2.6 directory).
struct OLEDirectory {
  private(set) var names: Set<String> = []

  /// Sectors of the directory that are followed; a document has a dozen streams, four to a sector.
  private static let sectorLimit = 256

  /// Reads the directory; nil for a file without the signature or with impossible sizes.
  init?(_ bytes: [UInt8]) {
    let signature: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]
    guard bytes.starts(with: signature), bytes.count >= 512 else { return nil }
    func integer(_ offset: Int, _ byteCount: Int) -> Int? {
      guard offset >= 0, offset + byteCount <= bytes.count else { return nil }
      return bytes[offset..<offset + byteCount].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    guard let shift = integer(30, 2), shift == 9 || shift == 12 else { return nil }
    let sectorSize = 1 << shift
    func start(of sector: Int) -> Int { (sector + 1) << shift }
    var next = integer(48, 4)
    for _ in 0..<Self.sectorLimit {
      // Larger numbers mark the end of a chain.
      guard let sector = next, sector < 0xFFFF_FFFA, start(of: sector) < bytes.count else { break }
      for entry in stride(from: start(of: sector), to: start(of: sector) + sectorSize, by: 128) {
        guard let byteCount = integer(entry + 64, 2), byteCount >= 4, byteCount <= 64 else {
          continue
        }
        let units = stride(from: entry, to: entry + byteCount - 2, by: 2).compactMap {
          integer($0, 2).map { UInt16(truncatingIfNeeded: $0) }
        }
        names.insert(String(decoding: units, as: UTF16.self))
      }
      // The table of the chains: its sectors are listed in the header.
      let entriesPerSector = sectorSize / 4
      let table = sector / entriesPerSector
      guard table < 109, let tableSector = integer(76 + table * 4, 4), tableSector < 0xFFFF_FFFA
      else { break }
      next = integer(start(of: tableSector) + sector % entriesPerSector * 4, 4)
    }
  }
}
