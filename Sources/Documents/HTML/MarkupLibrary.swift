internal import CXML2

/// The start of libxml2 and its strings.
enum MarkupLibrary {
  /// Initialises the library's tables, which must happen once before several threads parse.
  static func start() { _ = started }

  private static let started: Bool = {
    xmlInitParser()
    return true
  }()

  /// Converts a string of the library; invalid UTF-8 is replaced, and nil gives an empty string.
  static func string(_ pointer: UnsafePointer<xmlChar>?) -> String {
    guard let pointer = unsafe pointer else { return "" }
    return unsafe String(cString: pointer)
  }

  static func string(_ pointer: UnsafeMutablePointer<xmlChar>?) -> String {
    unsafe string(UnsafePointer(pointer))
  }

  /// An error message without its trailing newline.
  static func message(_ pointer: UnsafePointer<CChar>?) -> String {
    guard let pointer = unsafe pointer else { return "malformed" }
    return unsafe String(cString: pointer).split(separator: "\n").first.map(String.init)
      ?? "malformed"
  }

  static func message(_ pointer: UnsafeMutablePointer<CChar>?) -> String {
    unsafe message(UnsafePointer(pointer))
  }
}
