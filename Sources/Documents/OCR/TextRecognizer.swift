internal import Bytes
internal import Glibc
package import Media

/// Reads the words in pictures by the program `tesseract`, where it is installed.
///
/// The program gets pixels that were decoded here, as a PPM on standard input, so no untrusted file
/// reaches its picture libraries. It runs with limits on memory, time and output.
package struct TextRecognizer: Sendable {
  /// Why a picture was not read.
  package enum Failure: Error, Equatable, Sendable {
    /// The program exceeded its time.
    case timedOut(seconds: Int)
    /// The program could not be run, or failed; its last message.
    case failed(reason: String)
  }

  private let program: String
  private let languages: String
  private let seconds: Int
  private let addressSpaceByteCount: Int

  /// The Debian package of the program.
  package static let debianPackage = "tesseract-ocr"

  /// Time for one picture; a page of 2,200 pixels takes 1 to 4 s.
  package static let defaultSeconds = 60

  /// Tesseract needs about 300 MB for a page and maps its language data.
  package static let defaultAddressSpaceByteCount = 2 << 30

  /// Pixels of the longer side beyond which a picture is made smaller before it is read: the size at
  /// which pages of a PDF are drawn.
  static let longSide = PDFPagePicture.longSide

  /// The program and its languages, as in `eng+deu`; nil where it is not installed.
  ///
  /// Found by one process, which lists the languages, at the first use.
  private static let installed: (program: String, languages: String)? = {
    guard let program = ChildProcess.find("tesseract"),
      let languages = installedLanguages(program)
    else { return nil }
    return (program, languages)
  }()

  /// The variables that the program runs with.
  ///
  /// One thread, because pictures are read beside the embedding of others. `TESSDATA_PREFIX` is the
  /// folder of the languages where they are not in the usual one.
  private static let environment: [String: String] = {
    var environment = ["OMP_THREAD_LIMIT": "1", "PATH": "/usr/bin:/bin"]
    if let folder = unsafe getenv("TESSDATA_PREFIX") {
      environment["TESSDATA_PREFIX"] = unsafe String(cString: folder)
    }
    return environment
  }()

  /// The installed program, with all its languages; nil where it is not installed.
  ///
  /// - Complexity: one process for the first call, about 50 ms.
  package init?(
    seconds: Int = defaultSeconds, addressSpaceByteCount: Int = defaultAddressSpaceByteCount
  ) {
    guard let installed = Self.installed else { return nil }
    program = installed.program
    languages = installed.languages
    self.seconds = seconds
    self.addressSpaceByteCount = addressSpaceByteCount
  }

  /// English and two other installed languages at most, because each adds its time.
  ///
  /// Nil without any.
  private static func installedLanguages(_ program: String) -> String? {
    let result = try? ChildProcess.run(
      .init(
        [program, "--list-langs"], environment: environment,
        limits: .init(outputByteCount: 1 << 20, seconds: 10)))
    guard let result, result.ending == .exited(0) else { return nil }
    let names = String(decoding: result.output, as: UTF8.self).split(separator: "\n").dropFirst()
      .map(String.init)
      .filter { name in
        !["osd", "equ"].contains(name) && !name.isEmpty
          && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_/-".contains($0)) }
      }
    let ordered = names.filter { $0 == "eng" } + names.filter { $0 != "eng" }
    return ordered.isEmpty ? nil : ordered.prefix(3).joined(separator: "+")
  }

  /// The words in a picture.
  ///
  /// - Parameter picture: upright, of any size.
  /// - Returns: the words of all lines that were read with confidence, with rectangles in pixels of
  ///   `picture`; empty for a picture without text.
  /// - Throws: `Failure`.
  /// - Complexity: one process; 0.3 to 4 s.
  package func read(_ picture: Picture) throws(Failure) -> RecognizedText {
    let longer = max(picture.width, picture.height)
    let scale = min(1, Double(Self.longSide) / Double(longer))
    let smaller =
      scale == 1
      ? picture
      : Resize.bicubic(
        picture, width: max(1, Int(Double(picture.width) * scale)),
        height: max(1, Int(Double(picture.height) * scale)))
    return try TesseractTable.read(run(smaller)).scaled(by: 1 / scale)
  }

  private func run(_ picture: Picture) throws(Failure) -> [UInt8] {
    let result: ChildProcess.Result
    do throws(ChildProcess.Failure) {
      result = try ChildProcess.run(
        .init(
          [
            program, "stdin", "stdout", "-l", languages, "--psm", "3", "-c",
            "tessedit_create_tsv=1",
          ],
          environment: Self.environment, input: Self.ppm(picture),
          limits: .init(
            outputByteCount: 16 << 20, seconds: seconds,
            addressSpaceByteCount: addressSpaceByteCount, cpuSeconds: seconds)))
    } catch {
      switch error {
      case .timedOut: throw .timedOut(seconds: seconds)
      case .outputTooLarge: throw .failed(reason: "it wrote more than 16 MiB")
      case .cannotRun(let reason): throw .failed(reason: reason)
      case .cancelled: throw .failed(reason: "cancelled")
      }
    }
    switch result.ending {
    case .exited(0): return result.output
    case .exited(let status):
      throw .failed(reason: result.lastMessage ?? "it exited with status \(status)")
    case .killed(let signal): throw .failed(reason: "it was ended by signal \(signal)")
    }
  }

  /// The picture as binary PPM (netpbm's `P6`).
  private static func ppm(_ picture: Picture) -> [UInt8] {
    Array("P6\n\(picture.width) \(picture.height)\n255\n".utf8) + picture.pixels
  }
}

extension TextRecognizer.Failure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .timedOut(let seconds): "'tesseract' was stopped after \(seconds) seconds"
    case .failed(let reason): "'tesseract' failed: \(reason)"
    }
  }
}
