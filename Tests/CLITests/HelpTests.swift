import Foundation
import Testing

/// The help texts read well on a terminal of 80 columns.
@Suite struct HelpTests {
  /// The names of all commands and their subcommands, from the program's own help.
  private func commands(_ runner: CommandRunner, below path: [String] = []) throws -> [[String]] {
    let help = try runner.run(arguments: ["help"] + path, environment: ["COLUMNS": "1000"]).output
    guard let section = help.range(of: "SUBCOMMANDS:\n") else { return [path] }
    let names = help[section.upperBound...].split(separator: "\n").filter {
      $0.hasPrefix("  ") && !$0.hasPrefix("   ") && !$0.contains("'swiftrag help")
    }.map { String($0.split(whereSeparator: { $0 == " " || $0 == "," })[0]) }
    return try [path] + names.flatMap { try commands(runner, below: path + [$0]) }
  }

  @Test func noExampleIsBrokenAndNoParagraphIsCut() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let all = try commands(runner)
    #expect(all.count > 25)
    for path in all {
      // At 1,000 columns nothing wraps, so each line is a line of the source.
      let help = try runner.run(arguments: ["help"] + path, environment: ["COLUMNS": "1000"]).output
      let end = try #require(help.range(of: "\nUSAGE: "))
      let lines = help[..<end.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
      for line in lines where line.hasPrefix("  ") {
        #expect(line.count < 80, "\(path): the example '\(line)' wraps")
      }
      for (line, next) in zip(lines, lines.dropFirst()) where !line.isEmpty && !next.isEmpty {
        #expect(
          line.hasPrefix("  ") && next.hasPrefix("  "),
          "\(path): the paragraph breaks after '\(line)'")
      }
    }
  }
}
