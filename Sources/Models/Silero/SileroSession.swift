internal import Glibc
internal import Kernels

/// The state of Silero's voice detector along one recording.
///
/// Samples are appended in pieces of any size; frames have the same probabilities however the
/// recording is divided. It belongs to one caller at a time.
package final class SileroSession {
  private let model: SileroModel
  /// The last samples of the frame before, and then those of no complete frame.
  private var pending = [Float](repeating: 0, count: SileroTensors.contextLength)
  private var state: SileroState

  /// A session at the beginning of a recording.
  package init(_ model: SileroModel) {
    self.model = model
    state = SileroState()
  }

  /// Takes the next samples.
  ///
  /// - Parameter samples: at 16 kHz, from -1 to 1.
  /// - Returns: the probability of speech of each frame that is complete.
  package func append(_ samples: [Float]) -> [Float] {
    pending += samples
    var probabilities: [Float] = []
    var start = 0
    let needed = SileroTensors.contextLength + SileroTensors.frameLength
    while pending.count - start >= needed {
      let frames = min(
        SileroState.frameLimit, (pending.count - start - needed) / SileroTensors.frameLength + 1)
      let end = start + SileroTensors.contextLength + frames * SileroTensors.frameLength
      probabilities += model.probabilities(pending[start..<end], frames: frames, &state)
      start += frames * SileroTensors.frameLength
    }
    pending.removeFirst(start)
    return probabilities
  }

  /// The probability of the last frame, which silence completes; none where no samples are left.
  package func finish() -> [Float] {
    let rest = pending.count - SileroTensors.contextLength
    guard rest > 0 else { return [] }
    return append([Float](repeating: 0, count: SileroTensors.frameLength - rest))
  }
}

/// The activations of some frames, allocated once and reused, and the state of the LSTM.
struct SileroState: ~Copyable {
  /// Frames that are computed together: a second.
  static let frameLimit = 32
  /// Columns of the spectrum of a frame.
  static let columnCount = 4

  /// `[4 × frames, window]`.
  var windows: Matrix
  /// `[4 × frames, 2 × bins]`: real and imaginary parts.
  var spectrum: Matrix
  /// Inputs and results of each convolution, `[columns × frames, 3 × inputs]` and
  /// `[columns × frames, outputs]`.
  var gathered: [MatrixBox] = []
  var convolved: [MatrixBox] = []
  /// `[frames, 4 × hidden]`.
  var inputGates: Matrix
  /// `[1, hidden]` and `[1, 4 × hidden]`.
  var hidden: Matrix
  var stateGates: Matrix
  var cell = [Float](repeating: 0, count: SileroTensors.hidden)

  init() {
    let rows = Self.frameLimit * Self.columnCount
    windows = Matrix(rows: rows, columns: SileroTensors.windowLength)
    spectrum = Matrix(rows: rows, columns: 2 * SileroTensors.binCount)
    for layer in SileroTensors.layers {
      gathered.append(MatrixBox(Matrix(rows: rows, columns: 3 * layer.inputs)))
      convolved.append(MatrixBox(Matrix(rows: rows, columns: layer.outputs)))
    }
    inputGates = Matrix(rows: Self.frameLimit, columns: 4 * SileroTensors.hidden)
    hidden = Matrix(rows: 1, columns: SileroTensors.hidden)
    stateGates = Matrix(rows: 1, columns: 4 * SileroTensors.hidden)
  }
}

/// A matrix in an array, which holds no values that cannot be copied.
final class MatrixBox {
  var matrix: Matrix

  init(_ matrix: consuming Matrix) { self.matrix = matrix }
}
