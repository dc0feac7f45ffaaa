internal import CXML2

/// What both readers need of libxml2.
enum MarkupLibrary {
  /// Prepares the library's tables, which must have happened once before threads parse.
  static func start() { _ = started }

  private static let started: Bool = {
    xmlInitParser()
    return true
  }()

  /// A string of the library; invalid UTF-8 is replaced, nil is empty.
  static func string(_ pointer: UnsafePointer<xmlChar>?) -> String {
    guard let pointer = unsafe pointer else { return "" }
    return unsafe String(cString: pointer)
  }

  static func string(_ pointer: UnsafeMutablePointer<xmlChar>?) -> String {
    unsafe string(UnsafePointer(pointer))
  }

  /// An error message without its line end.
  static func message(_ pointer: UnsafePointer<CChar>?) -> String {
    guard let pointer = unsafe pointer else { return "malformed" }
    return unsafe String(cString: pointer).split(separator: "\n").first.map(String.init)
      ?? "malformed"
  }

  static func message(_ pointer: UnsafeMutablePointer<CChar>?) -> String {
    unsafe message(UnsafePointer(pointer))
  }
}
