internal import Bytes
internal import Foundation
internal import Synchronization

/// One line on standard error with the progress of a long task, its rate and the time left.
///
/// On a terminal the line is redrawn at most ten times a second and only after the task has run for
/// half a second. Elsewhere one plain line is written for each tenth of the work, if the task takes
/// more than five seconds. `--quiet` silences both.
final class ProgressBar: Sendable {
  private struct State {
    var label: String
    var total: Int
    var done = 0
    /// The part that an earlier run has done, which says nothing about the rate.
    var doneBefore: Int
    var start = ContinuousClock.now
    var lastDraw = ContinuousClock.now
    var lastTenth = 0
    var isDrawn = false
  }

  private let state: Mutex<State>
  let unit: String
  /// The bar on the screen, which other output must clear first.
  private static let visible = Mutex<ProgressBar?>(nil)

  /// - Parameters:
  ///   - label: names the work.
  ///   - unit: what is counted, in the plural.
  ///   - total: the count at the end; it may be corrected later.
  ///   - doneBefore: the count with which an earlier run has ended.
  init(_ label: String, unit: String, total: Int, doneBefore: Int = 0) {
    self.unit = unit
    state = Mutex(State(label: label, total: total, doneBefore: doneBefore))
    Self.visible.withLock { $0 = self }
  }

  /// Sets the progress, and redraws the line unless it was just drawn.
  func update(done: Int, total: Int? = nil, label: String? = nil) {
    guard !Terminal.isQuiet else { return }
    let line: String? = state.withLock { state in
      state.done = done
      if let total { state.total = total }
      if let label { state.label = label }
      let now = ContinuousClock.now
      return Terminal.errorIsTerminal
        ? drawnLine(&state, now: now) : plainLine(&state, now: now)
    }
    if let line { Terminal.write(line, to: 2) }
  }

  /// Removes the bar from the screen.
  func finish() {
    let wasDrawn = state.withLock { state in
      defer { state.isDrawn = false }
      return state.isDrawn
    }
    if wasDrawn { Terminal.write("\r\u{1B}[K", to: 2) }
    Self.visible.withLock { if $0 === self { $0 = nil } }
  }

  /// Clears the bar and runs `body`, so that its output starts on an empty line.
  static func withBarHidden(_ body: () -> Void) {
    if let bar = visible.withLock({ $0 }) {
      let wasDrawn = bar.state.withLock { $0.isDrawn }
      if wasDrawn { Terminal.write("\r\u{1B}[K", to: 2) }
    }
    body()
  }

  private func drawnLine(_ state: inout State, now: ContinuousClock.Instant) -> String? {
    let sinceStart = now - state.start
    guard sinceStart > .milliseconds(500) else { return nil }
    guard !state.isDrawn || now - state.lastDraw > .milliseconds(100) else { return nil }
    state.lastDraw = now
    state.isDrawn = true
    let fraction = state.total > 0 ? min(1, Double(state.done) / Double(state.total)) : 0
    let cells = 24
    let filled = Int(fraction * Double(cells))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: cells - filled)
    let text =
      "\(state.label) \(bar) \(state.done)/\(state.total) \(unit)"
      + Self.rateAndRemaining(
        done: state.done, before: state.doneBefore, total: state.total, elapsed: sinceStart)
    return "\r\u{1B}[K" + String(text.prefix(max(20, Terminal.columns(fileDescriptor: 2) - 1)))
  }

  private func plainLine(_ state: inout State, now: ContinuousClock.Instant) -> String? {
    let elapsed = now - state.start
    let tenth = state.total > 0 ? state.done * 10 / state.total : 0
    guard elapsed > .seconds(5), tenth > state.lastTenth else { return nil }
    state.lastTenth = tenth
    return "\(state.label): \(state.done)/\(state.total) \(unit)"
      + Self.rateAndRemaining(
        done: state.done, before: state.doneBefore, total: state.total, elapsed: elapsed) + "\n"
  }

  /// The rate so far, and the time left at that rate.
  ///
  /// - Parameters:
  ///   - done: the count now.
  ///   - before: the part of it that was done before the time began.
  ///   - total: the count at the end.
  ///   - elapsed: the time.
  /// - Returns: nothing until something was done.
  static func rateAndRemaining(
    done: Int, before: Int = 0, total: Int, elapsed: Duration
  ) -> String {
    let seconds = elapsed.inSeconds
    guard done > before, seconds > 0 else { return "" }
    let rate = Double(done - before) / seconds
    let remaining = Double(max(0, total - done)) / rate
    let format = rate < 10 ? "%.1f" : "%.0f"
    return "  " + String(format: format, rate) + "/s, " + Self.clock(seconds: remaining) + " left"
  }

  /// Seconds as m:ss or h:mm:ss.
  static func clock(seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    return hours > 0
      ? String(format: "%d:%02d:%02d", hours, minutes, rest)
      : String(format: "%d:%02d", minutes, rest)
  }
}
