/// One tensor that a model needs or may have: a row of its table.
package struct TensorSpec: Sendable, Equatable {
  /// The name in each naming scheme.
  package let names: TensorNames
  /// Outermost dimension first, as PyTorch prints it: `[outputs, inputs]` for a matrix.
  package let shape: [Int]
  package let role: TensorRole
  /// The layer, from 0; nil outside of the layers.
  package let layer: Int?
  /// Whether a file may leave it out.
  package let isOptional: Bool
  /// The storage in files of a scheme that do not have the tensor as ``shape`` says.
  private let storages: [NamingScheme: TensorStorage]

  package init(
    _ names: TensorNames, shape: [Int], role: TensorRole, layer: Int? = nil,
    isOptional: Bool = false, storages: [NamingScheme: TensorStorage] = [:]
  ) {
    self.names = names
    self.shape = shape
    self.role = role
    self.layer = layer
    self.isOptional = isOptional
    self.storages = storages
  }

  /// The storage of the tensor in files of a scheme.
  package func storage(in scheme: NamingScheme) -> TensorStorage { storages[scheme] ?? .whole }

  /// The usual name in a scheme, or "?" where the scheme does not have the tensor.
  package func name(_ scheme: NamingScheme) -> String { names[scheme].first ?? "?" }
}

/// The tensors of a linear layer `y = x Wᵀ + b`.
package struct LinearSpec: Sendable, Equatable {
  /// `[outputs, inputs]`; of filters `[outputs, channels, width…]`.
  package let weight: TensorSpec
  /// `[outputs]`, or nil for a layer without bias.
  package let bias: TensorSpec?

  /// - Parameters:
  ///   - names: of the layer, to which `.weight` and `.bias` are appended.
  ///   - outputs: rows of the weight.
  ///   - inputs: columns of the weight; of filters the channels.
  ///   - filter: width of the filters in each dimension; empty for a matrix.
  ///   - role: of the weight.
  ///   - layer: the layer, from 0; nil outside of the layers.
  ///   - hasBias: whether there is a bias.
  ///   - storages: of the weight, see ``TensorSpec/storage(in:)``.
  ///   - biasStorages: of the bias.
  package init(
    _ names: TensorNames, outputs: Int, inputs: Int, filter: [Int] = [], role: TensorRole,
    layer: Int? = nil, hasBias: Bool, storages: [NamingScheme: TensorStorage] = [:],
    biasStorages: [NamingScheme: TensorStorage] = [:]
  ) {
    self.init(
      weight: TensorSpec(
        names.appending(".weight", cTranslate2: "/weight"), shape: [outputs, inputs] + filter,
        role: role, layer: layer, storages: storages),
      bias: hasBias
        ? TensorSpec(
          names.appending(".bias", cTranslate2: "/bias"), shape: [outputs], role: .bias,
          layer: layer, storages: biasStorages) : nil)
  }

  /// A layer whose tensors have names of their own.
  package init(weight: TensorSpec, bias: TensorSpec?) {
    self.weight = weight
    self.bias = bias
  }

  package var tensors: [TensorSpec] { [weight] + (bias.map { [$0] } ?? []) }
}

/// The tensors of a normalisation: LayerNorm has a weight and a bias, RMSNorm a weight.
package struct NormSpec: Sendable, Equatable {
  /// `[width]`.
  package let weight: TensorSpec
  /// `[width]`, or nil for RMSNorm.
  package let bias: TensorSpec?

  /// - Parameters:
  ///   - names: of the layer, to which `.weight` and `.bias` are appended; TensorFlow's `.gamma` and
  ///     `.beta` are alternatives in the Hugging Face scheme.
  ///   - width: elements that are normalised together.
  ///   - layer: the layer, from 0; nil outside of the layers.
  ///   - hasBias: true for LayerNorm, false for RMSNorm.
  package init(_ names: TensorNames, width: Int, layer: Int? = nil, hasBias: Bool) {
    weight = TensorSpec(
      names.appending(
        ".weight", huggingFaceOr: hasBias ? ".gamma" : nil, cTranslate2: "/gamma"),
      shape: [width], role: .norm, layer: layer)
    bias =
      hasBias
      ? TensorSpec(
        names.appending(".bias", huggingFaceOr: ".beta", cTranslate2: "/beta"), shape: [width],
        role: .norm, layer: layer)
      : nil
  }

  package var tensors: [TensorSpec] { [weight] + (bias.map { [$0] } ?? []) }
}
