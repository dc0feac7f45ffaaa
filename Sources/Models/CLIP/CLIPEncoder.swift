internal import Kernels
internal import Synchronization

/// Turns prepared images and token ids into embeddings: a CLIP with its working memory.
///
/// Calls from several threads take turns, since one call uses all cores.
package final class CLIPEncoder: Sendable {
  package let model: CLIPModel
  private let workspace: Mutex<CLIPWorkspace>

  /// The most images that are computed together, 400 rows in ViT-B/32.
  package static let groupImageCount = 8
  /// The most tokens of texts that are computed together, or one longer text.
  package static let groupTokenCount = 256

  package init(_ model: CLIPModel) {
    self.model = model
    workspace = Mutex(CLIPWorkspace())
  }

  /// Numbers in one embedding.
  package var dimension: Int { model.config.projection }

  /// Embeds images.
  ///
  /// - Parameters:
  ///   - images: each `[3, side, side]`, prepared as the configuration says.
  ///   - tap: receives the activations of every group in order.
  /// - Returns: row-major `[images.count, dimension]`, each of unit length.
  /// - Throws: `ModelError.invalid` for an image of another size, before anything is computed.
  package func embed(images: [[Float]], tap: Tap? = nil) throws(ModelError) -> [Float] {
    for (index, image) in images.enumerated() where image.count != model.config.pixelCount {
      throw .invalid(
        entry: "image \(index)",
        reason: "\(image.count) numbers; the model takes \(model.config.pixelCount)",
        source: "input")
    }
    return workspace.withLock { workspace in
      var result: [Float] = []
      for start in stride(from: 0, to: images.count, by: Self.groupImageCount) {
        let group = images[start..<min(start + Self.groupImageCount, images.count)]
        result += workspace.embed(group, model: model, tap: tap)
      }
      return result
    }
  }

  /// Embeds texts.
  ///
  /// The first largest id is the end of a text. Later ids cannot change its vector and are not
  /// computed.
  ///
  /// - Parameters:
  ///   - texts: each of 1 to `config.context` ids; nothing is truncated.
  ///   - tap: receives the activations of every group in order.
  /// - Returns: row-major `[texts.count, dimension]`, each of unit length.
  /// - Throws: `ModelError.emptySequence`, `.tooManyTokens` or `.tokenOutsideVocabulary`, before
  ///   anything is computed.
  package func embed(tokenIDs texts: [[Int32]], tap: Tap? = nil) throws(ModelError) -> [Float] {
    for (index, text) in texts.enumerated() {
      try checkTokens(text, index: index, limit: model.config.context, vocab: model.config.vocab)
    }
    let groups = TokenBatch.groups(
      of: texts.map(Self.untilEnd), tokenLimit: Self.groupTokenCount)
    return workspace.withLock { workspace in
      var result: [Float] = []
      for group in groups { result += workspace.embed(group, model: model, tap: tap) }
      return result
    }
  }

  /// The ids up to the first of the largest.
  private static func untilEnd(_ ids: [Int32]) -> ArraySlice<Int32> {
    guard let largest = ids.max(), let end = ids.firstIndex(of: largest) else { return ids[...] }
    return ids[...end]
  }
}

/// The memory of one forward pass at a time in each tower; it grows on demand and is kept.
private struct CLIPWorkspace: ~Copyable {
  private var images: CLIPState?
  private var texts: CLIPState?

  init() {}

  /// Computes the embeddings of a group of images, `[images, projection]`.
  mutating func embed(_ group: ArraySlice<[Float]>, model: CLIPModel, tap: Tap?) -> [Float] {
    var room: CLIPState
    if let existing = images.take(), existing.inputCapacity >= group.count {
      room = existing
    } else {
      room = CLIPState(config: model.config, imageCapacity: group.count)
    }
    room.pixels.rows = group.count * CLIPConfig.channels * model.config.imageSize
    room.pixels.withMutableElements { elements in
      var index = 0
      for image in group {
        for value in image {
          elements[index] = value
          index += 1
        }
      }
    }
    model.forwardImages(state: &room, tap: tap)
    let vectors = room.embedding.array()
    images = consume room
    return vectors
  }

  /// Computes the embeddings of a group of texts, `[texts, projection]`.
  mutating func embed(_ group: TokenBatch, model: CLIPModel, tap: Tap?) -> [Float] {
    let tokenCount = group.tokenIDs.count
    var room: CLIPState
    if let existing = texts.take(), existing.tokenCapacity >= tokenCount {
      room = existing
    } else {
      var capacity = 32
      while capacity < tokenCount { capacity *= 2 }
      room = CLIPState(config: model.config, tokenCapacity: capacity)
    }
    model.forwardTexts(group, state: &room, tap: tap)
    let vectors = room.embedding.array()
    texts = consume room
    return vectors
  }
}
