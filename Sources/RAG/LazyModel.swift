internal import Synchronization

/// A model that is opened when the first file or question needs it, because its weights are up to
/// gigabytes and most runs meet nothing that needs it.
///
/// `Model` is optional where none may be installed.
package final class LazyModel<Model: Sendable>: Sendable {
  private let open: @Sendable () throws -> Model
  private let opened = Mutex<Model?>(nil)

  /// - Parameter open: opens the model, or returns nil where none is installed; called once, and
  ///   again after an error.
  package init(open: @escaping @Sendable () throws -> Model) {
    self.open = open
  }

  /// A model that is open already, or none.
  package convenience init(_ model: Model) {
    self.init { model }
  }

  /// The model, opened by the first call; nil where none is installed.
  ///
  /// - Throws: the errors of opening it.
  package func get() throws -> Model {
    try opened.withLock { opened in
      if let model = opened { return model }
      let model = try open()
      opened = .some(model)
      return model
    }
  }
}

extension LazyModel where Model: ExpressibleByNilLiteral {
  /// No model.
  package convenience init() { self.init(nil) }
}

/// The model of pictures, a CLIP.
package typealias PictureModel = LazyModel<(any PictureEmbedder)?>
/// The model of recordings, a Whisper.
package typealias SpeechModel = LazyModel<(any SpeechRecognizer)?>
