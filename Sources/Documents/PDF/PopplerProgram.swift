import Bytes
import Glibc

/// A program of poppler that reads a PDF in a process of its own, with the limits of documents.
struct PopplerProgram {
  /// The program, as in `pdftotext`.
  let name: String
  /// The document, whose size decides about the time.
  let path: String
  let limits: DocumentLimits

  /// Runs the program to its end and collects its output.
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
    var output: [UInt8] = []
    var result = try run(
      arguments, outputByteCount: outputByteCount, tooLarge: tooLarge, isCancelled: { false },
      consume: { output += $0 })
    result.output = output
    return result
  }

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - arguments: without the program's name.
  ///   - outputByteCount: the limit of the output.
  ///   - tooLarge: the error for more output, and for a run that is cancelled.
  ///   - isCancelled: called between pieces; true ends the program.
  ///   - consume: receives each piece of the output as it arrives.
  /// - Returns: the exit status, which may be any, without the output.
  /// - Throws: `.toolMissing`, `.timedOut`, `.toolFailed` or `tooLarge`.
  func run(
    _ arguments: [String], outputByteCount: Int = .max, tooLarge: DocumentError,
    isCancelled: () -> Bool, consume: (ArraySlice<UInt8>) -> Void
  ) throws(DocumentError) -> ChildProcess.Result {
    guard let program = ChildProcess.find(name) else {
      throw .toolMissing(path: path, tool: name, debianPackage: "poppler-utils")
    }
    let seconds = limits.toolSeconds(forByteCount: Paths.fileByteCount(path) ?? 0)
    let result: ChildProcess.Result
    do throws(ChildProcess.Failure) {
      let process = try ChildProcess(
        .init(
          [program] + arguments,
          // Other programs may take half of the time.
          limits: .init(
            outputByteCount: outputByteCount, seconds: seconds * 2,
            addressSpaceByteCount: limits.toolAddressSpaceByteCount, cpuSeconds: seconds)))
      let ending = try process.readAll(isCancelled: isCancelled, consume)
      result = .init(output: [], errorText: process.errorText, ending: ending)
    } catch {
      switch error {
      case .timedOut: throw .timedOut(path: path, tool: name, seconds: seconds * 2)
      case .outputTooLarge, .cancelled: throw tooLarge
      case .cannotRun(let reason): throw .toolFailed(path: path, tool: name, reason: reason)
      }
    }
    // The limit of processor time.
    if result.ending == .killed(signal: SIGXCPU) || result.ending == .killed(signal: SIGKILL) {
      throw .timedOut(path: path, tool: name, seconds: seconds)
    }
    return result
  }
}

extension ChildProcess.Result {
  /// The last line that a program wrote to standard error; nil if it wrote none.
  var lastMessage: String? { errorText.split(separator: "\n").last.map(String.init) }
}
