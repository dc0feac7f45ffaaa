import KernelInterface
import KernelsReference

/// Quantised weights of the same inputs, whose results are side by side, cut into units for tasks.
///
/// A unit is the outputs of one tile of the kernels; the units of all parts are numbered through,
/// so that one step of the threads computes them all.
struct QuantizedParts: Sendable {
  /// One weight.
  struct Part: Sendable {
    let type: QuantizedType
    let rows: QuantizedRows
    /// Its first column of the result.
    let column: Int
    /// Its units.
    let units: Range<Int>
  }

  let inputs: Int
  private(set) var outputs = 0
  private(set) var parts: [Part] = []
  /// Panels of 16 outputs in a unit.
  private let unitPanels: Int

  var unitCount: Int { parts.last?.units.upperBound ?? 0 }
  var takesQ8K: Bool { parts.contains { $0.type.takesQ8K } }
  var takesQ80: Bool { parts.contains { !$0.type.takesQ8K } }

  init(inputs: Int, unitPanels: Int) {
    self.inputs = inputs
    self.unitPanels = unitPanels
  }

  /// Appends one weight.
  mutating func append(_ type: QuantizedType, _ rows: QuantizedRows) {
    let unitColumns = unitPanels * InterleavedFormat.rowCount
    let count = (rows.outputs + unitColumns - 1) / unitColumns
    parts.append(
      Part(type: type, rows: rows, column: outputs, units: unitCount..<(unitCount + count)))
    outputs += rows.outputs
  }

  /// Appends the weights of another.
  mutating func append(_ other: QuantizedParts) {
    for part in other.parts { append(part.type, part.rows) }
  }

  /// Calls `body` with each part that has some of the units, and their panels in it.
  func forEach(in units: Range<Int>, _ body: (Part, Range<Int>) -> Void) {
    for part in parts where part.units.overlaps(units) {
      let own = part.units.clamped(to: units)
      let first = (own.lowerBound - part.units.lowerBound) * unitPanels
      let end = (own.upperBound - part.units.lowerBound) * unitPanels
      let panels = (part.rows.outputs + 15) / 16
      body(part, first..<min(end, panels))
    }
  }
}

/// A cut of units into tasks that begin large and end small.
///
/// A thread reads long stretches of a weight, which is what memory is fastest at, and the last
/// tasks are single units, so that the threads end together: half of the units in one task a
/// thread, then half of what is left, and so on.
struct GuidedSchedule {
  private let unitCount: Int
  private let threadCount: Int
  /// The number of times that the number of units is halved.
  private let levels: Int
  /// Number of tasks.
  let count: Int

  init(unitCount: Int, threadCount: Int) {
    self.unitCount = unitCount
    self.threadCount = threadCount
    var levels = 0
    while unitCount >> levels > 4 * threadCount { levels += 1 }
    self.levels = levels
    count = levels * threadCount + unitCount >> levels
  }

  /// The units of one task; in ascending order of tasks they cover all units.
  func units(of task: Int) -> Range<Int> {
    let level = task / threadCount
    if level >= levels {
      let unit = unitCount - unitCount >> levels + task - levels * threadCount
      return unit..<(unit + 1)
    }
    let start = unitCount - unitCount >> level
    let size = unitCount >> level - unitCount >> (level + 1)
    let place = task % threadCount
    return (start + size * place / threadCount)..<(start + size * (place + 1) / threadCount)
  }
}
