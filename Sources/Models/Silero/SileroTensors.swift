/// The tensors of Silero's voice detector, as whisper.cpp's converter names them.
///
/// - Source: whisper.cpp, `models/convert-silero-vad-to-ggml.py`; Silero VAD 6.2, MIT.
package struct SileroTensors: TensorTable {
  package init() {}

  package var architectureName: String { "silero-vad" }

  /// Samples of a frame: 32 ms.
  static let frameLength = 512
  /// Samples of the frame before that are repeated in front of a frame.
  static let contextLength = 64
  /// Samples of a window of the Fourier transform.
  static let windowLength = 256
  /// Bins of the transform, from 0 to half the sample rate.
  static let binCount = windowLength / 2 + 1
  /// Width of the recurrent state.
  static let hidden = 128

  /// One convolution of the encoder.
  struct Layer {
    let inputs: Int
    let outputs: Int
    let stride: Int
  }

  /// The convolutions, each of width 3 with padding 1: of four columns of the spectrum one is left.
  static let layers = [
    Layer(inputs: binCount, outputs: 128, stride: 1), Layer(inputs: 128, outputs: 64, stride: 2),
    Layer(inputs: 64, outputs: 64, stride: 2), Layer(inputs: 64, outputs: hidden, stride: 1),
  ]

  /// `[2 × bins, 1, window]`: cosines, then sines, under a window.
  var basis: LinearSpec {
    LinearSpec(
      weight: spec(
        "stft.forward_basis_buffer", [2 * Self.binCount, 1, Self.windowLength], .convolution),
      bias: nil)
  }

  /// `[outputs, inputs, 3]`.
  func convolution(_ index: Int) -> LinearSpec {
    let layer = Self.layers[index]
    let name = "encoder.\(index).reparam_conv"
    return LinearSpec(
      weight: spec("\(name).weight", [layer.outputs, layer.inputs, 3], .convolution),
      bias: spec("\(name).bias", [layer.outputs], .bias))
  }

  /// `[4 × hidden, hidden]`, of the input: the gates input, forget, cell and output.
  var inputGates: LinearSpec { gates("ih") }

  /// `[4 × hidden, hidden]`, of the state.
  var stateGates: LinearSpec { gates("hh") }

  private func gates(_ suffix: String) -> LinearSpec {
    LinearSpec(
      weight: spec("decoder.rnn.weight_\(suffix)", [4 * Self.hidden, Self.hidden], .projection),
      bias: spec("decoder.rnn.bias_\(suffix)", [4 * Self.hidden], .bias))
  }

  /// `[hidden]`: from the state to the logit of speech.
  var output: TensorSpec { spec("decoder.decoder.2.weight", [Self.hidden], .bias) }

  /// `[1]`.
  var outputBias: TensorSpec { spec("decoder.decoder.2.bias", [1], .bias) }

  private func spec(_ name: String, _ shape: [Int], _ role: TensorRole) -> TensorSpec {
    TensorSpec(TensorNames(ggml: "_model." + name), shape: shape, role: role)
  }

  package var all: [TensorSpec] {
    basis.tensors + Self.layers.indices.flatMap { convolution($0).tensors } + inputGates.tensors
      + stateGates.tensors + [output, outputBias]
  }

  package static func isIgnored(_ name: String, in scheme: NamingScheme) -> Bool { false }
}
