/// The description of a model as text: its configuration, its tensors and the steps of its forward
/// pass.
///
/// It is made from the configuration and the table of tensors that loading reads, so it cannot differ
/// from what is computed. `swiftrag inspect --spec` prints it, and a test compares it
/// with the documentation.
package struct ModelSpecification: Sendable {
  /// One value of the configuration.
  package struct Entry: Sendable, Equatable {
    /// The field's name.
    package let name: String
    package let value: String
    /// The origin of the value: a metadata key, or the rule by which it follows from others.
    package let origin: String
  }

  /// One named activation.
  package struct Step: Sendable, Equatable {
    /// The name in traces and golden tests.
    package let name: String
    /// The equation by which it is computed.
    package let equation: String
    /// Whether every layer computes it.
    package let isPerLayer: Bool
  }

  package let architecture: String
  package let entries: [Entry]
  /// The tensors outside of the layers, those of layer 0, and the number of layers.
  package let tensors: (outside: [TensorSpec], ofLayer: [TensorSpec], layerCount: Int)
  package let steps: [Step]

  init(table: some TensorTable, entries: [Entry], steps: [Step]) {
    architecture = table.architectureName
    self.entries = entries
    let all = table.all
    tensors = (
      outside: all.filter { $0.layer == nil }, ofLayer: all.filter { $0.layer == 0 },
      layerCount: (all.compactMap(\.layer).max() ?? -1) + 1
    )
    self.steps = steps
  }

  /// The whole specification as lines of text, columns aligned, at most one blank line between
  /// parts.
  package var text: String {
    (["architecture \(architecture)", ""] + entryLines + [""] + tensorLines + [""] + stepLines)
      .joined(separator: "\n")
  }

  private var entryLines: [String] {
    ["configuration"] + Self.aligned(entries.map { [$0.name, $0.value, $0.origin] })
  }

  private var tensorLines: [String] {
    func row(_ spec: TensorSpec) -> [String] {
      let shape = "[" + spec.shape.map(String.init).joined(separator: ", ") + "]"
      let other = spec.names[.huggingFace].first ?? "-"
      let note = spec.isOptional ? "optional" : ""
      return [shape, spec.names[.gguf].first ?? "-", other, note].map {
        spec.layer == nil ? $0 : $0.replacingLayer(0)
      }
    }
    let rows = Self.aligned((tensors.outside + tensors.ofLayer).map(row))
    let outside = rows.prefix(tensors.outside.count)
    let inside = rows.dropFirst(tensors.outside.count)
    guard !inside.isEmpty else { return ["tensors"] + outside }
    return ["tensors: shape, GGUF name, Hugging Face name"] + outside
      + ["for each layer N, 0 to \(tensors.layerCount - 1)"] + inside
  }

  private var stepLines: [String] {
    let rows = Self.aligned(steps.map { [$0.name, $0.equation] })
    var lines = ["steps"]
    var isInLayer = false
    for (step, row) in zip(steps, rows) {
      if step.isPerLayer != isInLayer {
        lines.append(step.isPerLayer ? "for each layer" : "after the last layer")
        isInLayer = step.isPerLayer
      }
      lines.append(row)
    }
    return lines
  }

  /// Rows with their columns padded to one width, indented, without spaces at the end.
  private static func aligned(_ rows: [[String]]) -> [String] {
    let columnCount = rows.map(\.count).max() ?? 0
    let widths = (0..<columnCount).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = " "
      for (cell, width) in zip(row, widths) {
        line += " " + cell + String(repeating: " ", count: width - cell.count + 1)
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}

extension String {
  /// The name with its layer `index`, a component of its own, written as N.
  fileprivate func replacingLayer(_ index: Int) -> String {
    split(separator: ".", omittingEmptySubsequences: false)
      .map { $0 == "\(index)" ? "N" : $0 }.joined(separator: ".")
  }
}
