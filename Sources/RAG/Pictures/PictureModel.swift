package import Store
internal import Synchronization

/// A picture model that is opened when the first picture or question needs it, because its weights
/// are up to 600 MB and most runs meet no picture.
package final class PictureModel: Sendable {
  private let open: @Sendable () throws -> (any PictureEmbedder)?

  private enum State: Sendable {
    case unopened
    case opened((any PictureEmbedder)?)
  }

  private let state = Mutex(State.unopened)

  /// - Parameter open: opens the model, or returns nil where none is installed; called once, and
  ///   again after an error.
  package init(open: @escaping @Sendable () throws -> (any PictureEmbedder)?) {
    self.open = open
  }

  /// A model that is open already, or none.
  package convenience init(_ embedder: (any PictureEmbedder)? = nil) {
    self.init { embedder }
  }

  /// The model, opened by the first call; nil where none is installed.
  ///
  /// - Throws: the errors of opening it.
  package func get() throws -> (any PictureEmbedder)? {
    try state.withLock { state in
      if case .opened(let embedder) = state { return embedder }
      let embedder = try open()
      state = .opened(embedder)
      return embedder
    }
  }
}

extension IndexStore {
  /// The model as it is used with this index: the first call of ``PictureModel/get()`` checks that the
  /// index has its vectors from the same model, and adds the space of pictures where it is missing.
  package func adopting(_ model: PictureModel) -> PictureModel {
    PictureModel { [self] in
      let embedder = try model.get()
      if let embedder { try adopt(embedder.vectorSpace) }
      return embedder
    }
  }
}
