internal import Bytes
internal import Yams

/// A `config.yaml` whose values are replaced while everything else in it, comments too, stays.
public struct ConfigurationFile {
  /// The path of the file.
  public let path: String
  /// The text.
  public private(set) var text: String

  /// Reads a file; one that does not exist is empty.
  ///
  /// - Throws: ``ConfigurationError/unreadable(path:reason:)``.
  public init(path: String) throws(ConfigurationError) {
    self.path = path
    guard Paths.exists(path) else {
      text = ""
      return
    }
    do {
      let file = try MappedFile(path: path)
      guard file.byteCount <= Configuration.maximumFileByteCount else {
        throw ConfigurationError.tooLarge(
          path: path, byteCount: file.byteCount, limit: Configuration.maximumFileByteCount)
      }
      text = String(decoding: try file.copyBytes(), as: UTF8.self)
    } catch let error as ConfigurationError {
      throw error
    } catch {
      throw .unreadable(path: path, reason: (error as? BytesError)?.reason ?? "\(error)")
    }
  }

  /// Replaces the value of a setting, or adds a line at the end.
  ///
  /// - Parameters:
  ///   - setting: the setting.
  ///   - value: its value, which the setting must accept.
  /// - Throws: ``ConfigurationError/invalidValue(setting:text:origin:)``, or
  ///   ``ConfigurationError/notEditable(path:setting:)`` where the file would not say that value
  ///   afterwards, for example because the old one covers several lines.
  public mutating func set(
    _ setting: Setting, to value: String
  ) throws(ConfigurationError) {
    var settings = Settings()
    guard settings.set(setting, from: value) else {
      throw .invalidValue(setting: setting, text: value, origin: .flag(setting.rawValue))
    }
    let old = text
    replace(setting, with: Self.scalar(value))
    guard Self.value(of: setting, in: text) == value else {
      text = old
      throw .notEditable(path: path, setting: setting)
    }
  }

  /// Writes the file, with its folder.
  ///
  /// - Throws: ``ConfigurationError/unwritable(path:reason:)``.
  public func write() throws(ConfigurationError) {
    Paths.makeFolders(Paths.folder(of: path))
    do { try AtomicFile.write(Array(text.utf8), to: path) } catch {
      throw .unwritable(path: path, reason: "\(error)")
    }
  }

  private mutating func replace(_ setting: Setting, with scalar: String) {
    // By bytes: "\r\n" is one character, so lines of Windows would not be found.
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    let line = "\(setting.rawValue): \(scalar)"
    if let index = lines.firstIndex(where: { Self.isLine($0, of: setting) }) {
      let end = lines[index].hasSuffix("\r") ? "\r" : ""
      lines[index] = line + Self.comment(in: String(lines[index].dropLast(end.count))) + end
    } else {
      let end = lines.first?.hasSuffix("\r") == true ? "\r" : ""
      if lines.last == "" { lines.removeLast() }
      lines += [line + end, ""]
    }
    text = lines.joined(separator: "\n")
  }

  private static func isLine(_ line: String, of setting: Setting) -> Bool {
    guard line.hasPrefix(setting.rawValue) else { return false }
    return line.dropFirst(setting.rawValue.count).drop { $0 == " " }.first == ":"
  }

  /// The comment at the end of a line, with the space before it.
  private static func comment(in line: String) -> String {
    var quote: Character?
    var previous: Character = ":"
    for index in line.indices {
      let character = line[index]
      if let open = quote {
        if character == open { quote = nil }
      } else if (character == "\"" || character == "'") && previous == " " {
        quote = character
      } else if character == "#", previous == " " || previous == "\t" {
        let start = line[..<index].lastIndex { $0 != " " && $0 != "\t" }
        return String(line[(start.map { line.index(after: $0) } ?? line.startIndex)...])
      }
      previous = character
    }
    return ""
  }

  private static let plainBytes = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/~+-@".utf8)

  /// The value as YAML: plain where it can be, else in double quotes.
  private static func scalar(_ value: String) -> String {
    let startsPlain = value.first.map { $0.isLetter || $0.isNumber || "./".contains($0) } ?? false
    if startsPlain, value.utf8.allSatisfy({ plainBytes.contains($0) }) { return value }
    return "\"" + value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  private static func value(of setting: Setting, in text: String) -> String? {
    guard let node = try? Yams.compose(yaml: text), case .mapping(let mapping) = node else {
      return nil
    }
    return mapping.first { $0.key.string == setting.rawValue }?.value.string
  }
}
