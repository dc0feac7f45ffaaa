internal import Checkpoints
package import Kernels

/// Silero's voice detector: for each frame of 32 ms the probability that somebody speaks.
///
/// A short-time Fourier transform, four convolutions and one LSTM cell. It was trained on speech in
/// thousands of languages, with noise and music that are not speech.
///
/// It is immutable and may be shared; the state of a recording belongs to a ``SileroSession``.
///
/// - Source: Silero Team, "Silero VAD", version 6.2, MIT; weights as whisper.cpp stores them.
package final class SileroModel: Sendable {
  let compute: ComputeContext
  let basis: Linear
  let convolutions: [Linear]
  let inputGates: Linear
  let stateGates: Linear
  /// `[hidden]`.
  let output: [Float]
  let outputBias: Float

  /// Loads whisper.cpp's file of the detector.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - compute: the kernels that the weights are packed for.
  /// - Throws: `ModelError` naming the file or tensor.
  package init(path: String, compute: ComputeContext) throws(ModelError) {
    let checkpoint = try mapCheckpointErrors(path) { () throws(CheckpointError) in
      try Checkpoint.open(path: path)
    }
    let table = SileroTensors()
    let tensors = try ModelTensors(
      checkpoint, table, loader: WeightLoader(checkpoint, compute: compute, activations: .precise))
    self.compute = compute
    basis = try tensors.linear(table.basis)
    var convolutions: [Linear] = []
    for index in SileroTensors.layers.indices {
      convolutions.append(try tensors.linear(table.convolution(index)))
    }
    self.convolutions = convolutions
    inputGates = try tensors.linear(table.inputGates)
    stateGates = try tensors.linear(table.stateGates)
    output = try tensors.vector(table.output).array()
    outputBias = try tensors.vector(table.outputBias).array()[0]
  }
}
