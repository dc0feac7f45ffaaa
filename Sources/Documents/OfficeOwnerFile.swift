/// The file `~$report.docx` that Office keeps beside `report.docx` while somebody has it open: a
/// user name, and no text.
enum OfficeOwnerFile {
  /// Word writes 162 bytes, Excel and PowerPoint 165.
  static let maximumByteCount = 1_024

  /// Whether a file's name is that of an owner file.
  static func isName(_ name: String) -> Bool { name.hasPrefix("~$") }
}
