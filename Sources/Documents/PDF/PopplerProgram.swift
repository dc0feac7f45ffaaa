import Bytes

/// A program of poppler that reads a PDF in a process of its own, with the limits of documents.
struct PopplerProgram {
  /// The program, as in `pdftotext`.
  let name: String
  /// The document, for messages.
  let path: String
  let limits: DocumentLimits

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - arguments: without the program's name.
  ///   - outputByteCount: the limit of the output.
  ///   - tooLarge: the error for more output.
  /// - Returns: the output and the exit status, which may be any.
  /// - Throws: `.toolMissing`, `.timedOut`, `.toolFailed` or `tooLarge`.
  func run(
    _ arguments: [String], outputByteCount: Int, tooLarge: DocumentError
  ) throws(DocumentError) -> ChildProcess.Result {
    guard let program = ChildProcess.find(name) else {
      throw .toolMissing(path: path, tool: name, debianPackage: "poppler-utils")
    }
    do throws(ChildProcess.Failure) {
      return try ChildProcess.run(
        .init(
          [program] + arguments,
          limits: .init(
            outputByteCount: outputByteCount, seconds: limits.toolSeconds,
            addressSpaceByteCount: limits.toolAddressSpaceByteCount,
            cpuSeconds: limits.toolSeconds)))
    } catch {
      switch error {
      case .timedOut: throw .timedOut(path: path, tool: name, seconds: limits.toolSeconds)
      case .outputTooLarge: throw tooLarge
      case .cannotRun(let reason): throw .toolFailed(path: path, tool: name, reason: reason)
      case .cancelled: throw .toolFailed(path: path, tool: name, reason: "cancelled")
      }
    }
  }

  /// The last line that a program wrote to standard error; nil if it wrote none.
  static func lastMessage(_ result: ChildProcess.Result) -> String? {
    result.errorText.split(separator: "\n").last.map(String.init)
  }
}
