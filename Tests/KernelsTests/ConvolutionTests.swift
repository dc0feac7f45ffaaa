import KernelsReference
import Testing

@testable import Kernels

/// Convolutions and patch embeddings against their scalar twins, which do not gather.
@Suite struct ConvolutionTests {
  static let computes =
    [ComputeContext(path: .reference, threadCount: 2), ComputeContext(path: .blas, threadCount: 2)]
    + vectorInstructionSets.map { ComputeContext(threadCount: 2, instructionSet: $0) }

  /// The bound of both docstrings for sums of `terms` products of numbers up to 1, on both sides.
  private func expectNear(_ y: [Float], _ expected: [Float], terms: Int, _ name: String) {
    let bound = 2 * Float(terms + 1) * 0x1p-24 * Float(terms + 1)
    #expect(y.count == expected.count)
    for (result, wanted) in zip(y, expected) {
      #expect(abs(result - wanted) <= bound, "\(name)")
    }
  }

  @Test(arguments: computes) func convolutionEqualsTwin(compute: ComputeContext) throws {
    for (rows, channels, width, stride, padding) in [
      (1, 1, 1, 1, 0), (2, 3, 3, 1, 1), (3, 5, 3, 2, 1), (7, 4, 3, 2, 1), (8, 4, 3, 2, 1),
      (33, 16, 3, 1, 1), (9, 2, 5, 3, 0), (4, 3, 2, 1, 4), (6, 7, 6, 1, 0), (2, 3, 5, 1, 0),
    ] {
      let outputs = 19
      let shape = Convolution1DShape(
        channels: channels, width: width, stride: stride, padding: padding)
      let terms = channels * width
      let x = samples(rows * channels, seed: 1)
      let weights = samples(outputs * terms, seed: 2)
      let bias = samples(outputs, seed: 3)
      let stack = WeightStack(
        try weight(
          .f32, outputs: outputs, inputs: terms, bytes: fileBytes(weights), compute: compute))
      var y = Matrix(rows: 40, columns: outputs)
      compute.convolution1D(
        matrix(x, columns: channels), stack, bias: WeightVector(bias), shape: shape, into: &y)
      let expectedRows = max(0, (rows + 2 * padding - width + stride) / stride)
      var expected = [Float](repeating: 0, count: expectedRows * outputs)
      var span = expected.mutableSpan
      KernelsReference.convolution1D(
        x.span, channels: channels, weight: weights.span, bias: bias.span, width: width,
        stride: stride, padding: padding, into: &span, outputs: outputs)
      let name = "\(rows) x \(channels), width \(width), stride \(stride), padding \(padding)"
      expectNear(y.array(), expected, terms: terms, name)
      // The gathered sums of the scalar linear layer have the order of the twin's.
      if compute.path == .reference { #expect(y.array() == expected, "\(name)") }
    }
  }

  /// Rows beyond the ends are zeros, whatever memory is there: a NaN in x reaches only its own
  /// rows.
  @Test(arguments: computes) func paddingReadsNothing(compute: ComputeContext) throws {
    let (rows, channels, outputs) = (6, 4, 3)
    var x = samples(rows * channels, seed: 1)
    x[channels - 1] = .nan
    let stack = WeightStack(
      try weight(
        .f32, outputs: outputs, inputs: 3 * channels,
        bytes: fileBytes(samples(outputs * 3 * channels, seed: 2)), compute: compute))
    var y = Matrix(rows: rows, columns: outputs)
    compute.convolution1D(
      matrix(x, columns: channels), stack, shape: Convolution1DShape(channels: channels, width: 3),
      into: &y)
    for row in 0..<rows {
      y.withRow(row) { values in
        for index in values.indices { #expect(values[index].isNaN == (row < 2), "row \(row)") }
      }
    }
  }

  @Test(arguments: computes) func patchEmbeddingEqualsTwin(compute: ComputeContext) throws {
    for (images, channels, height, width, patch) in [
      (1, 1, 1, 1, 1), (1, 3, 4, 6, 2), (2, 3, 16, 8, 8), (1, 3, 28, 28, 14), (3, 2, 5, 10, 5),
    ] {
      let shape = PatchShape(channels: channels, height: height, width: width, patch: patch)
      let outputs = 21
      let pixelCount = channels * height * width
      let pixels = samples(images * pixelCount, seed: 4)
      let weights = samples(outputs * shape.inputs, seed: 5)
      let bias = samples(outputs, seed: 6)
      let stack = WeightStack(
        try weight(
          .f32, outputs: outputs, inputs: shape.inputs, bytes: fileBytes(weights),
          compute: compute))
      var y = Matrix(rows: images * shape.patchCount, columns: outputs)
      compute.patchEmbedding(
        matrix(pixels, columns: width), stack, bias: WeightVector(bias), shape: shape, into: &y)
      var expected: [Float] = []
      for image in 0..<images {
        let part = Array(pixels[(image * pixelCount)..<((image + 1) * pixelCount)])
        var rows = [Float](repeating: 0, count: shape.patchCount * outputs)
        var span = rows.mutableSpan
        KernelsReference.patchEmbedding(
          part.span, channels: channels, width: width, patch: patch, weight: weights.span,
          bias: bias.span, into: &span, outputs: outputs)
        expected += rows
      }
      let name = "\(images) images of \(channels) x \(height) x \(width), patch \(patch)"
      expectNear(y.array(), expected, terms: shape.inputs, name)
      if compute.path == .reference { #expect(y.array() == expected, "\(name)") }
    }
  }

  /// The number of threads and the images of a batch change no bit.
  @Test(arguments: vectorInstructionSets) func imagesAreIndependent(
    instructionSet: InstructionSet
  ) throws {
    let shape = PatchShape(channels: 3, height: 56, width: 42, patch: 14)
    let outputs = 70
    let count = shape.channels * shape.height * shape.width
    let pixels = samples(3 * count, seed: 7)
    let bytes = fileBytes(samples(outputs * shape.inputs, seed: 8).map { Float16($0) })
    var results: [[Float]] = []
    for (threadCount, batches) in [(1, [0..<3]), (3, [0..<3]), (2, [0..<1, 1..<2, 2..<3])] {
      let compute = ComputeContext(threadCount: threadCount, instructionSet: instructionSet)
      let stack = WeightStack(
        try weight(.f16, outputs: outputs, inputs: shape.inputs, bytes: bytes, compute: compute))
      var all: [Float] = []
      for batch in batches {
        let part = Array(pixels[(batch.lowerBound * count)..<(batch.upperBound * count)])
        var y = Matrix(rows: batch.count * shape.patchCount, columns: outputs)
        compute.patchEmbedding(
          matrix(part, columns: shape.width), stack, shape: shape, into: &y)
        all += y.array()
      }
      results.append(all)
    }
    #expect(sameBits(results[0], results[1]) && sameBits(results[0], results[2]))
  }
}
