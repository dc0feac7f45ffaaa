/// A contiguous part of a file and its purpose; a byte map lists them for the whole file.
package struct ByteMapRegion: Sendable, Equatable {
  /// The purpose of a region.
  package enum Kind: String, Sendable, Codable {
    /// Magic, version, counts, header length.
    case header
    /// One metadata entry, or all of them.
    case metadata
    /// Name, type, shape and offset of a tensor.
    case tensorInfo
    /// The data of a tensor, or of several that share bytes.
    case tensor
    /// Bytes up to the next aligned offset.
    case padding
    /// Bytes that nothing in the file refers to.
    case gap
    /// Bytes after the last tensor and its padding.
    case trailing
  }

  /// The purpose of the bytes.
  package let kind: Kind
  /// The key or tensor name, or a description of the kind.
  package let label: String
  /// The bytes, counted from the start of the file.
  package let byteRange: Range<Int>

  package init(kind: Kind, label: String, byteRange: Range<Int>) {
    self.kind = kind
    self.label = label
    self.byteRange = byteRange
  }
}

/// Combines the regions of a header and the ranges of the tensors into a map of the whole file.
///
/// Tensors that share bytes, as tied weights of a format that permits it do, become one region with
/// all their names.
///
/// - Parameters:
///   - parsed: the header's regions, in file order; no two share a byte.
///   - tensors: checked to be inside the file and to share no byte with the header.
///   - alignment: a power of two; bytes up to its next multiple are padding, more are a gap.
///   - fileByteCount: the size of the file.
/// - Returns: regions that follow each other from byte 0 to the end, without gap or overlap.
/// - Complexity: O(t log t) for t tensors.
package func completeByteMap(
  parsed: [ByteMapRegion], tensors: [TensorInfo], alignment: Int, fileByteCount: Int
) -> [ByteMapRegion] {
  var map = ByteMapBuilder(alignment: alignment)
  let sorted = tensors.sorted {
    ($0.byteRange.lowerBound, $0.byteRange.upperBound)
      < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
  }
  var rest = parsed[...]
  for tensor in sorted {
    while let region = rest.first, region.byteRange.lowerBound <= tensor.byteRange.lowerBound {
      map.append(rest.removeFirst())
    }
    map.append(tensor)
  }
  for region in rest { map.append(region) }
  map.fill(upTo: fileByteCount, isTrailing: true)
  return map.regions
}

/// A byte map under construction, from the start of the file to `end`.
private struct ByteMapBuilder {
  private(set) var regions: [ByteMapRegion] = []
  private var end = 0
  private let alignment: Int

  init(alignment: Int) { self.alignment = alignment }

  /// Adds a region of the header, with the bytes before it.
  mutating func append(_ region: ByteMapRegion) {
    fill(upTo: region.byteRange.lowerBound, isTrailing: false)
    regions.append(region)
    end = region.byteRange.upperBound
  }

  /// Adds a tensor, with the bytes before it; one that overlaps the last region joins it.
  mutating func append(_ tensor: TensorInfo) {
    fill(upTo: tensor.byteRange.lowerBound, isTrailing: false)
    if tensor.byteRange.lowerBound < end, let last = regions.popLast() {
      let upperBound = max(end, tensor.byteRange.upperBound)
      regions.append(
        .init(
          kind: .tensor, label: "\(last.label), \(tensor.name)",
          byteRange: last.byteRange.lowerBound..<upperBound))
    } else {
      regions.append(.init(kind: .tensor, label: tensor.name, byteRange: tensor.byteRange))
    }
    end = max(end, tensor.byteRange.upperBound)
  }

  /// Adds padding, and a gap or trailing bytes, up to `start`.
  mutating func fill(upTo start: Int, isTrailing: Bool) {
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
}
