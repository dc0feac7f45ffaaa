package import Bytes
package import Checkpoints
package import Kernels
internal import KernelInterface

/// A decoder of the Llama family: configuration and weights.
///
/// It is immutable and may be shared; the memory of a conversation belongs to a ``LlamaSession``.
package final class LlamaModel: Sendable {
  package let config: LlamaConfig
  package let compute: ComputeContext
  /// Positions that a token sees in the layers with a window, its own included; nil for all.
  package let slidingWindow: Int?
  /// The file's path, for messages.
  package let source: String
  /// ``ModelIdentity/sample(of:)`` of the file.
  package let fingerprint: SHA256Digest

  /// Tells where the weights came from.
  package let loader: WeightLoader

  let weights: LlamaWeights
  /// Divisors of the rotation's angles for sessions up to the original context, and for longer ones.
  private let ropeFactors: (short: [Float], long: [Float])

  /// Loads a GGUF file of the family.
  ///
  /// - Parameters:
  ///   - checkpoint: the opened file; it stays open, as the token table is read from it.
  ///   - compute: the kernels that the weights are packed for.
  ///   - options: where the weights come from, the sliding window and the planned session.
  /// - Throws: `ModelError` naming the key or tensor that is missing or does not fit, or the memory
  ///   that is needed and available; all of this before the weights are copied.
  package init(
    gguf checkpoint: Checkpoint, compute: ComputeContext, options: LoadOptions = LoadOptions()
  ) throws(ModelError) {
    let config = try LlamaConfig(gguf: checkpoint)
    let table = LlamaTensors(config: config)
    let loader = WeightLoader(checkpoint, compute: compute, placement: options.weights)
    let tensors = try ModelTensors(checkpoint, table, loader: loader)
    switch options.slidingWindow {
    case .asFile: slidingWindow = config.slidingWindow
    case .full: slidingWindow = nil
    case .tokens(let count): slidingWindow = max(1, count)
    }
    source = checkpoint.path
    try MemoryNeed(checkpoint, config, options).check(
      available: options.availableByteCount, source: source)
    self.config = config
    self.compute = compute
    self.loader = loader
    fingerprint = try Self.fingerprint(of: checkpoint)
    weights = try LlamaWeights(tensors, table)
    let factors = table.ropeFactors
    let any = try tensors.factors(factors.any)
    ropeFactors =
      any.isEmpty
      ? (try tensors.factors(factors.short), try tensors.factors(factors.long)) : (any, any)
    // What was read for the fingerprint and the copies; only the token table is read again.
    if options.weights != .inPlace { checkpoint.releasePages() }
  }

  /// Memory of the packed matrices, in bytes; the token table stays in the mapped file.
  package var packedByteCount: Int { weights.packedByteCount }

  /// The frequencies that turn positions into angles in a session of `contextTokenCount` tokens.
  ///
  /// - Source: llama.cpp `llama_model::get_rope_factors`: the session's size decides, not the
  ///   position, so that all keys of a cache were turned alike.
  func ropeFrequencies(contextTokenCount: Int) -> RopeFrequencies {
    let isLong = contextTokenCount > config.originalContext
    return RopeFrequencies(
      rotaryDim: config.rotaryDim, base: config.ropeBase, scale: config.ropeScale,
      factors: isLong ? ropeFactors.long : ropeFactors.short, magnitude: config.ropeMagnitude)
  }

  /// The frequencies of layers with the window, where they differ from those of the others.
  ///
  /// - Source: llama.cpp `llama_model::get_rope_freq_base` and `get_rope_freq_scale`: a stretched
  ///   context changes neither; `rope_local_base_freq` in transformers' configuration.
  var windowRopeFrequencies: RopeFrequencies? {
    config.windowRopeBase.map { RopeFrequencies(rotaryDim: config.rotaryDim, base: $0) }
  }

  /// Positions that a token sees in a layer, its own included; nil for all.
  func slidingWindow(layer: Int) -> Int? {
    config.hasWindow(layer: layer) ? slidingWindow : nil
  }

  private static func fingerprint(of checkpoint: Checkpoint) throws(ModelError) -> SHA256Digest {
    do throws(BytesError) {
      return try ModelIdentity.sample(of: checkpoint)
    } catch {
      throw .unreadable(source: checkpoint.path, reason: error.description)
    }
  }
}
