internal import Kernels

/// The named intermediate results of a BERT; golden tests and traces compare them one by one.
package enum BERTActivation: String, Sendable, CaseIterable {
  /// `[tokens, embed]`: sum of the three embeddings, normalised.
  case embeddings
  /// `[tokens, 3 * embed]`, a layer: queries, keys, values.
  case queryKeyValue
  /// `[tokens, embed]`, a layer: values mixed by attention, before the output projection.
  case attention
  /// `[tokens, embed]`, a layer: after projection, residual and normalisation.
  case attentionNorm
  /// `[tokens, ffn]`, a layer: after the first linear layer and GELU.
  case feedForwardInner
  /// `[tokens, embed]`, a layer: its result.
  case layerOutput
  /// `[sequences, embed]`: pooled, before normalisation.
  case pooled
  /// `[sequences, embed]`: the result.
  case embedding
}

/// Receives the activations of a forward pass, in the order in which they are computed.
package struct ActivationTap {
  /// One activation.
  package struct Activation: Sendable {
    package let name: BERTActivation
    /// The layer, from 0; nil outside of the layers.
    package let layer: Int?
    package let rows: Int
    package let columns: Int
    /// Row-major `[rows, columns]`.
    package let values: [Float]

    /// For messages: `layer 3 attention`.
    package var label: String { layer.map { "layer \($0) \(name)" } ?? "\(name)" }
  }

  private let receive: (Activation) -> Void

  /// - Parameter receive: called with a copy of each activation.
  package init(_ receive: @escaping (Activation) -> Void) {
    self.receive = receive
  }

  func record(_ name: BERTActivation, _ layer: Int?, _ matrix: borrowing Matrix) {
    receive(
      Activation(
        name: name, layer: layer, rows: matrix.rows, columns: matrix.columns,
        values: matrix.array()))
  }
}
