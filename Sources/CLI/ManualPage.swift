internal import Bytes

/// The manual page of the program in roff, from the description that the argument parser writes.
///
/// - Source: man(7); the JSON is `ToolInfoV0` of ArgumentParserToolInfo.
struct ManualPage {
  /// The lines of the page.
  private(set) var lines: [String] = []

  /// - Parameters:
  ///   - description: the JSON of the argument parser.
  ///   - version: for the foot of the page.
  /// - Throws: `JSONError`.
  init(description: String, version: String) throws {
    let root = try JSONValue.parse(Array(description.utf8))["command"] ?? .null
    let name = root["commandName"]?.stringValue ?? "swiftrag"
    lines.append(".TH \(name.uppercased()) 1 \"\" \"\(name) \(version)\" \"User commands\"")
    lines += [".SH NAME", "\(name) \\- " + Self.escaped(root["abstract"]?.stringValue ?? "")]
    lines += [".SH SYNOPSIS", ".B \(name)", ".I COMMAND", "[OPTIONS]"]
    lines.append(".SH DESCRIPTION")
    add(discussion: root)
    lines.append(".SH COMMANDS")
    for command in Self.subcommands(root) { add(command, path: [name]) }
    lines += [".SH FILES"] + Self.files + [".SH EXIT STATUS"] + Self.statuses
  }

  private static func subcommands(_ command: JSONValue) -> [JSONValue] {
    (command["subcommands"]?.arrayValue ?? []).filter {
      $0["shouldDisplay"]?.boolValue != false && $0["commandName"]?.stringValue != "help"
    }
  }

  private mutating func add(_ command: JSONValue, path: [String]) {
    let path = path + [command["commandName"]?.stringValue ?? ""]
    let below = Self.subcommands(command)
    lines += [".SS " + path.joined(separator: " ")]
    lines.append(Self.escaped(command["abstract"]?.stringValue ?? ""))
    if command["discussion"]?.stringValue != nil { lines.append(".PP") }
    add(discussion: command)
    if below.isEmpty {
      for argument in command["arguments"]?.arrayValue ?? []
      where argument["shouldDisplay"]?.boolValue != false {
        add(argument: argument)
      }
    }
    for command in below { add(command, path: path) }
  }

  /// Paragraphs are filled; indented lines are examples.
  private mutating func add(discussion command: JSONValue) {
    guard let text = command["discussion"]?.stringValue else { return }
    var isExample = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let starts = line.hasPrefix("  ")
      if starts != isExample, !line.isEmpty {
        lines.append(starts ? ".EX" : ".EE")
        isExample = starts
      }
      lines.append(line.isEmpty ? (isExample ? "" : ".PP") : Self.escaped(line))
    }
    if isExample { lines.append(".EE") }
  }

  private mutating func add(argument: JSONValue) {
    let value = argument["valueName"]?.stringValue ?? "value"
    let isFlag = argument["kind"]?.stringValue == "flag"
    let names = (argument["names"]?.arrayValue ?? []).compactMap { name -> String? in
      guard let text = name["name"]?.stringValue else { return nil }
      return (name["kind"]?.stringValue == "long" ? "--" : "-") + text
    }
    let title =
      names.isEmpty
      ? ".I \(Self.escaped(value))"
      : ".B " + Self.escaped(names.joined(separator: ", "))
        + (isFlag ? "" : " \\fI\(Self.escaped(value))\\fR")
    lines += [".TP", title, Self.escaped(argument["abstract"]?.stringValue ?? "")]
  }

  /// Text in which nothing is a request of roff.
  static func escaped(_ text: some StringProtocol) -> String {
    let plain = String(text).replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
  }

  private static let files = [
    ".TP", ".I ./config.yaml, ~/.config/swiftrag/config.yaml", "Settings.",
    ".TP", ".I ~/.local/share/swiftrag", "The index, and the models of the user.",
    ".TP", ".I ~/.cache/swiftrag", "Digests and prepared weights, which can be made again.",
  ]

  /// - Source: sysexits(3).
  private static let statuses = [
    "0 success, 64 wrong command line, 65 invalid data, 66 missing input, 69 a model or program is",
    "missing, 73 cannot create a file, 74 input or output failed, 75 busy, 77 forbidden by a setting,",
    "78 wrong configuration, 130 interrupted.",
  ]
}
