/// One stretch of a file and what it is for; a byte map lists them for the whole file.
package struct ByteMapRegion: Sendable, Equatable {
  /// What a stretch of a file holds.
  package enum Kind: String, Sendable, Codable {
    /// Magic, version, counts, header length.
    case header
    /// One metadata entry, or all of them.
    case metadata
    /// Name, type, shape and offset of a tensor.
    case tensorInfo
    /// The numbers of a tensor.
    case tensor
    /// Bytes up to the next aligned offset.
    case padding
    /// Bytes that nothing in the file refers to.
    case gap
    /// Bytes after the last tensor and its padding.
    case trailing
  }

  /// What the bytes hold.
  package let kind: Kind
  /// The key or tensor name, or words for the kind.
  package let label: String
  /// The bytes, counted from the start of the file.
  package let byteRange: Range<Int>

  package init(kind: Kind, label: String, byteRange: Range<Int>) {
    self.kind = kind
    self.label = label
    self.byteRange = byteRange
  }
}

/// Joins what a reader parsed and where the tensors lie into a map without hole or overlap.
///
/// - Parameters:
///   - parsed: the header's regions, contiguous from byte 0.
///   - tensors: checked to lie behind the header, inside the file, and apart from each other.
///   - alignment: bytes up to the next multiple are padding; more are a gap.
///   - fileByteCount: the size of the file.
/// - Returns: regions that follow each other from byte 0 to the end.
func completeByteMap(
  parsed: [ByteMapRegion], tensors: [TensorInfo], alignment: Int, fileByteCount: Int
) -> [ByteMapRegion] {
  var regions = parsed
  var end = parsed.last?.byteRange.upperBound ?? 0
  func fill(upTo start: Int, isTrailing: Bool) {
    guard start > end else { return }
    let (raised, overflow) = end.addingReportingOverflow(alignment - 1)
    let paddingEnd = overflow ? start : min(start, raised & ~(alignment - 1))
    if paddingEnd > end {
      regions.append(.init(kind: .padding, label: "padding", byteRange: end..<paddingEnd))
    }
    if start > paddingEnd {
      regions.append(
        .init(
          kind: isTrailing ? .trailing : .gap,
          label: isTrailing ? "trailing bytes" : "unused bytes", byteRange: paddingEnd..<start))
    }
    end = start
  }
  let sorted = tensors.sorted {
    ($0.byteRange.lowerBound, $0.byteRange.upperBound)
      < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
  }
  for tensor in sorted {
    fill(upTo: tensor.byteRange.lowerBound, isTrailing: false)
    regions.append(.init(kind: .tensor, label: tensor.name, byteRange: tensor.byteRange))
    end = tensor.byteRange.upperBound
  }
  fill(upTo: fileByteCount, isTrailing: true)
  return regions
}
