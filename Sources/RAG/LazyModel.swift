internal import Synchronization

/// A model that is opened when the first file or question needs it, because its weights are up to
/// gigabytes and most runs meet nothing that needs it.
package final class LazyModel<Model: Sendable>: Sendable {
  private let open: @Sendable () throws -> Model?

  private enum State: Sendable {
    case unopened
    case opened(Model?)
  }

  private let state = Mutex(State.unopened)

  /// - Parameter open: opens the model, or returns nil where none is installed; called once, and
  ///   again after an error.
  package init(open: @escaping @Sendable () throws -> Model?) {
    self.open = open
  }

  /// A model that is open already, or none.
  package convenience init(_ model: Model? = nil) {
    self.init { model }
  }

  /// The model, opened by the first call; nil where none is installed.
  ///
  /// - Throws: the errors of opening it.
  package func get() throws -> Model? {
    try state.withLock { state in
      if case .opened(let model) = state { return model }
      let model = try open()
      state = .opened(model)
      return model
    }
  }
}

/// The model of pictures, a CLIP.
package typealias PictureModel = LazyModel<any PictureEmbedder>
/// The model of recordings, a Whisper.
package typealias SpeechModel = LazyModel<any SpeechRecognizer>
