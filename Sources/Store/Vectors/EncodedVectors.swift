internal import Foundation

/// The vectors of one document in one space, in the encoding of the columns of `vector` and
/// `quantizedVectors`.
///
/// All numbers are little-endian, the byte order of every supported machine.
package struct EncodedVectors: Sendable {
  let dimension: Int
  /// Float32, row-major `[chunks, dimension]`.
  private let floats: Data
  /// UInt8, row-major `[chunks, dimension]`, as ``VectorQuantizer`` makes them.
  let codes: Data
  /// Float32, `[chunks]`.
  let scales: Data
  /// Float32, `[chunks]`: upper bounds of the norms of the quantisation errors.
  let residuals: Data

  /// - Precondition: `vectors.count` is a multiple of `dimension`.
  package init(_ vectors: [Float], dimension: Int) {
    precondition(vectors.count.isMultiple(of: dimension), "vectors of different dimensions")
    self.dimension = dimension
    floats = vectors.withUnsafeBytes { Data($0) }
    var codes = [UInt8](repeating: VectorQuantizer.zeroCode, count: vectors.count)
    var scales: [Float] = []
    var residuals: [Float] = []
    vectors.withUnsafeBufferPointer { vectors in
      codes.withUnsafeMutableBufferPointer { codes in
        for start in stride(from: 0, to: vectors.count, by: dimension) {
          let row = start..<start + dimension
          let scale = VectorQuantizer.quantize(
            UnsafeBufferPointer(rebasing: vectors[row]),
            into: UnsafeMutableBufferPointer(rebasing: codes[row]))
          scales.append(scale.scale)
          residuals.append(scale.residual)
        }
      }
    }
    self.codes = Data(codes)
    self.scales = scales.withUnsafeBytes { Data($0) }
    self.residuals = residuals.withUnsafeBytes { Data($0) }
  }

  /// The number of vectors.
  var count: Int { scales.count / MemoryLayout<Float>.stride }

  /// The Float32 elements of one vector.
  func elements(of ordinal: Int) -> Data {
    let byteCount = dimension * MemoryLayout<Float>.stride
    return floats[ordinal * byteCount..<(ordinal + 1) * byteCount]
  }
}

/// The encoded vectors of consecutive chunks of a document, with their space.
struct EncodedSpace {
  let name: VectorSpace.Name
  /// Ordinal of the first chunk that has a vector.
  let firstOrdinal: Int
  let vectors: EncodedVectors
}
