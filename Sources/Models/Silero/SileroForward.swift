// The forward pass of Silero's voice detector, samples to probabilities.

internal import Glibc
internal import Kernels

extension SileroModel {
  /// Computes consecutive frames.
  ///
  /// - Parameters:
  ///   - samples: the context before the first frame, and the frames.
  ///   - frames: at most ``SileroState/frameLimit``.
  ///   - state: of the recording.
  /// - Returns: the probability of speech of each frame.
  func probabilities(
    _ samples: ArraySlice<Float>, frames: Int, _ state: inout SileroState
  ) -> [Float] {
    // Spectrum: the amplitude of each bin, in four windows a frame.
    gatherWindows(Array(samples), frames: frames, into: &state.windows)
    compute.linear(state.windows, basis, into: &state.spectrum)
    gatherAmplitudes(state.spectrum, frames: frames, into: &state.gathered[0].matrix)

    // Encoder: c = ReLU(conv(c)) four times, until one column is left.
    for (index, convolution) in convolutions.enumerated() {
      if index > 0 {
        gather(
          state.convolved[index - 1].matrix, frames: frames,
          stride: SileroTensors.layers[index].stride, into: &state.gathered[index].matrix)
      }
      compute.linear(
        state.gathered[index].matrix, convolution, into: &state.convolved[index].matrix)
    }
    let last = state.convolved[state.convolved.count - 1]
    for row in 0..<frames {
      last.matrix.withMutableRow(row) { values in
        for column in values.indices { values[column] = max(0, values[column]) }
      }
    }

    // LSTM, and p = σ(w · ReLU(h) + b).
    compute.linear(last.matrix, inputGates, into: &state.inputGates)
    return (0..<frames).map { frame in
      advance(frame, &state)
      let logit = state.hidden.withRow(0) { hidden in
        hidden.indices.reduce(outputBias) { $0 + output[$1] * max(0, hidden[$1]) }
      }
      return 1 / (1 + expf(-logit))
    }
  }

  /// Four windows of each frame; the frame's last samples are reflected after it.
  private func gatherWindows(_ samples: [Float], frames: Int, into windows: inout Matrix) {
    let length = SileroTensors.contextLength + SileroTensors.frameLength
    windows.rows = frames * SileroState.columnCount
    for row in 0..<windows.rows {
      let frame = row / SileroState.columnCount * SileroTensors.frameLength
      let first = row % SileroState.columnCount * SileroTensors.windowLength / 2
      windows.withMutableRow(row) { values in
        for index in values.indices {
          let place = first + index
          values[index] = samples[frame + (place < length ? place : 2 * length - 2 - place)]
        }
      }
    }
  }

  /// `√(re² + im²)` in the order in which the first convolution reads it.
  private func gatherAmplitudes(
    _ spectrum: borrowing Matrix, frames: Int, into gathered: inout Matrix
  ) {
    let bins = SileroTensors.binCount
    gather(spectrum, channels: bins, frames: frames, stride: 1, into: &gathered) { row, bin in
      (row[bin] * row[bin] + row[bins + bin] * row[bins + bin]).squareRoot()
    }
  }

  /// `ReLU` of the columns in the order in which a convolution reads them.
  private func gather(
    _ columns: borrowing Matrix, frames: Int, stride: Int, into gathered: inout Matrix
  ) {
    gather(columns, channels: columns.columns, frames: frames, stride: stride, into: &gathered) {
      max(0, $0[$1])
    }
  }

  /// For each column of the result the three columns of its own frame that it depends on; those
  /// before the first and after the last are zeros.
  private func gather(
    _ source: borrowing Matrix, channels: Int, frames: Int, stride: Int,
    into gathered: inout Matrix, _ value: (Span<Float>, Int) -> Float
  ) {
    let columns = source.rows / frames
    let resultColumns = (columns - 1) / stride + 1
    gathered.rows = frames * resultColumns
    for row in 0..<gathered.rows {
      let frame = row / resultColumns * columns
      let first = row % resultColumns * stride - 1
      gathered.withMutableRow(row) { target in
        for tap in 0..<3 {
          let column = first + tap
          if column >= 0 && column < columns {
            source.withRow(frame + column) { values in
              for channel in 0..<channels { target[channel * 3 + tap] = value(values, channel) }
            }
          } else {
            for channel in 0..<channels { target[channel * 3 + tap] = 0 }
          }
        }
      }
    }
  }

  /// One step of the LSTM: `c = σ(f) c + σ(i) tanh(g)`, `h = σ(o) tanh(c)`.
  ///
  /// - Source: Hochreiter & Schmidhuber 1997; the gates in PyTorch's order.
  private func advance(_ frame: Int, _ state: inout SileroState) {
    compute.linear(state.hidden, stateGates, into: &state.stateGates)
    let gates = state.inputGates.withRow(frame) { input in
      state.stateGates.withRow(0) { own in own.indices.map { input[$0] + own[$0] } }
    }
    let width = SileroTensors.hidden
    func sigmoid(_ x: Float) -> Float { 1 / (1 + expf(-x)) }
    var cell = state.cell
    state.hidden.withMutableRow(0) { hidden in
      for index in 0..<width {
        cell[index] =
          sigmoid(gates[width + index]) * cell[index]
          + sigmoid(gates[index]) * tanhf(gates[2 * width + index])
        hidden[index] = sigmoid(gates[3 * width + index]) * tanhf(cell[index])
      }
    }
    state.cell = cell
  }
}
