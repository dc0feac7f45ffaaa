internal import Bytes

/// Name, type and shape of a tensor, and where its bytes are.
package struct TensorInfo: Sendable, Equatable {
  /// The name in the file, such as `blk.0.attn_q.weight`.
  package let name: String

  /// The storage format of the numbers.
  package let type: TensorType

  /// Dimensions, outermost first, as PyTorch prints them; empty for a single number.
  ///
  /// A GGUF file stores them innermost first; the reader reverses them.
  package let shape: [Int]

  /// The tensor's bytes, counted from the start of its file; checked to be inside it.
  ///
  /// Tensors may have the same range only in formats that permit shared storage; GGUF and
  /// safetensors do not. Of a tensor with `strides` it is the range from the first element to the
  /// last, in which other tensors may have elements.
  package let byteRange: Range<Int>

  /// The distance between neighbours of each dimension, in elements; nil where the elements follow
  /// each other in row-major order, as they do in all formats but PyTorch's.
  package let strides: [Int]?

  /// The position of the tensor's file in `Checkpoint.files`.
  package let fileIndex: Int

  package init(
    name: String, type: TensorType, shape: [Int], byteRange: Range<Int>, strides: [Int]? = nil,
    fileIndex: Int = 0
  ) {
    self.name = name
    self.type = type
    self.shape = shape
    self.byteRange = byteRange
    self.strides = strides
    self.fileIndex = fileIndex
  }

  /// The same tensor as part of a checkpoint of several files.
  func inFile(_ index: Int) -> TensorInfo {
    TensorInfo(
      name: name, type: type, shape: shape, byteRange: byteRange, strides: strides,
      fileIndex: index)
  }

  /// The number of elements; the reader has checked that the product fits.
  package var elementCount: Int { shape.reduce(1, &*) }

  /// The size of all elements in bytes.
  package var byteCount: Int {
    strides == nil ? byteRange.count : elementCount &* type.blockByteCount
  }
}

/// The size in bytes of a tensor of `type` and `shape`.
///
/// - Parameters:
///   - type: how the numbers are stored.
///   - shape: outermost first; the last dimension must be whole blocks of `type`.
///   - name: the tensor's name, for the error.
///   - byteOffset: where the file states the shape, for the error.
/// - Returns: the size in bytes.
/// - Throws: `CheckpointError.partialBlock`, or `.overflow` where the size exceeds 2^63 - 1.
func tensorByteCount(
  type: TensorType, shape: [Int], name: String, byteOffset: Int
) throws(CheckpointError) -> Int {
  let innermost = shape.last ?? 1
  guard innermost % type.blockElementCount == 0 else {
    throw .partialBlock(
      tensor: name, type: type, innermost: innermost, byteOffset: byteOffset)
  }
  do throws(BytesError) {
    var elementCount = 1
    for dimension in shape {
      elementCount = try checkedProduct(
        elementCount, dimension, what: "size of tensor \(name)", byteOffset: byteOffset)
    }
    return try checkedProduct(
      elementCount / type.blockElementCount, type.blockByteCount,
      what: "size of tensor \(name)", byteOffset: byteOffset)
  } catch {
    throw .bytes(error)
  }
}
