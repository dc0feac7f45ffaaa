internal import Kernels

/// The names of a model's intermediate results; golden tests and traces compare them one by one.
package protocol TapName: RawRepresentable<String>, Sendable {}

/// Receives the activations of a forward pass, in the order in which they are computed.
package struct Tap {
  /// One activation.
  package struct Activation: Sendable {
    /// The raw value of the model's ``TapName``.
    package let name: String
    /// The layer, from 0; nil outside of the layers.
    package let layer: Int?
    package let rows: Int
    package let columns: Int
    /// Row-major `[rows, columns]`.
    package let values: [Float]

    /// The name for messages: `layer 3 attention`.
    package var label: String { layer.map { "layer \($0) \(name)" } ?? name }
  }

  /// The names that are wanted; nil for all.
  private let names: Set<String>?
  private let receive: (Activation) -> Void

  /// - Parameters:
  ///   - names: raw values of the activations that are wanted; nil for all.
  ///   - receive: is called with a copy of each of them.
  package init(of names: Set<String>? = nil, _ receive: @escaping (Activation) -> Void) {
    self.names = names
    self.receive = receive
  }

  func record(_ name: some TapName, _ layer: Int?, _ matrix: borrowing Matrix) {
    record(name, layer, matrix, columns: 0..<matrix.columns)
  }

  /// Records some columns of a matrix.
  func record(
    _ name: some TapName, _ layer: Int?, _ matrix: borrowing Matrix, columns: Range<Int>
  ) {
    if let names, !names.contains(name.rawValue) { return }
    var values: [Float] = []
    values.reserveCapacity(matrix.rows * columns.count)
    for row in 0..<matrix.rows {
      matrix.withRow(row) { elements in for column in columns { values.append(elements[column]) } }
    }
    receive(
      Activation(
        name: name.rawValue, layer: layer, rows: matrix.rows, columns: columns.count,
        values: values))
  }
}
