/// Why no text could be extracted from a file or folder.
///
/// Every case carries the path, and the message says what can be done. Paths and reasons are not
/// escaped here; the command line removes control characters from what it prints.
package enum DocumentError: Error, Equatable, Sendable {
  /// The file could not be opened or read; `reason` is the system's message.
  case cannotOpen(path: String, reason: String)
  /// A folder could not be listed.
  case cannotList(path: String, reason: String)
  /// A folder, pipe, socket or device where a regular file is needed.
  case notARegularFile(path: String, kind: String)
  /// The file is larger than `DocumentLimits.maximumFileByteCount`.
  case fileTooLarge(path: String, byteCount: Int, limit: Int)
  /// The extracted text is larger than `DocumentLimits.maximumTextByteCount`.
  case textTooLarge(path: String, limit: Int)
  /// The file has no bytes, or only white space.
  case empty(path: String)
  /// A format that is recognised but not read, for example "an Ogg recording".
  case unsupported(path: String, format: String)
  /// Not text in any known encoding.
  case binary(path: String, reason: String)
  /// The format is recognised, but the content is damaged.
  case damaged(path: String, type: DocumentType, reason: String)
  /// A PDF that needs a password.
  case encrypted(path: String)
  /// A PDF whose pages have no text, usually a scan.
  case noTextLayer(path: String, pageCount: Int)
  /// A recording, whose text no reader extracts.
  case needsTranscription(path: String)
  /// An external program that this type needs is not installed.
  case toolMissing(path: String, tool: String, debianPackage: String)
  /// The external program exceeded its time limit and was stopped.
  case timedOut(path: String, tool: String, seconds: Int)
  /// The external program could not be run, or failed for a reason unrelated to the file.
  case toolFailed(path: String, tool: String, reason: String)

  /// The file or folder that the error is about.
  package var path: String {
    switch self {
    case .cannotOpen(let path, _), .cannotList(let path, _), .notARegularFile(let path, _),
      .fileTooLarge(let path, _, _), .textTooLarge(let path, _), .empty(let path),
      .unsupported(let path, _), .binary(let path, _), .damaged(let path, _, _),
      .encrypted(let path), .noTextLayer(let path, _), .toolMissing(let path, _, _),
      .timedOut(let path, _, _), .toolFailed(let path, _, _), .needsTranscription(let path):
      path
    }
  }

  /// Whether reading the same bytes again gives the same error; other errors depend on permissions or
  /// on installed programs.
  ///
  /// A program that exceeded its time is not given as much again at every run.
  package var isFinal: Bool {
    switch self {
    case .fileTooLarge, .textTooLarge, .empty, .unsupported, .binary, .damaged, .encrypted,
      .timedOut:
      true
    case .cannotOpen, .cannotList, .notARegularFile, .noTextLayer, .needsTranscription,
      .toolMissing, .toolFailed:
      false
    }
  }

  /// The message without the path, for a table whose first column is the path.
  package var reason: String {
    switch self {
    case .cannotOpen(_, let reason): "cannot be opened: \(reason)"
    case .cannotList(_, let reason): "the folder cannot be listed: \(reason)"
    case .notARegularFile(_, let kind): "is \(kind), not a regular file"
    case .fileTooLarge(_, let byteCount, let limit):
      "has \(byteCount) bytes, more than the limit of \(limit)"
    case .textTooLarge(_, let limit): "contains more than \(limit) bytes of text; split the file"
    case .empty: "contains no text"
    case .unsupported(_, let format):
      // A format that says what to do needs no list of what else could be read.
      format.contains("; ")
        ? "is \(format)" : "is \(format); readable are \(DocumentType.displayNames)"
    case .binary(_, let reason): "is not a text file: \(reason)"
    case .damaged(_, let type, let reason): "is a damaged \(type.name) file: \(reason)"
    case .encrypted: "is encrypted; save a copy without a password"
    case .noTextLayer(_, let pageCount):
      "has no text layer on its \(pageCount) page(s), so it is probably a scan;"
        + " run it through OCR first (for example ocrmypdf)"
    case .needsTranscription:
      "is a recording, which a speech model transcribes"
    case .toolMissing(_, let tool, let debianPackage):
      "needs the program '\(tool)'; install it with: sudo apt-get install \(debianPackage)"
    case .timedOut(_, let tool, let seconds):
      "'\(tool)' was stopped after \(seconds) seconds"
    case .toolFailed(_, let tool, let reason): "'\(tool)' failed: \(reason)"
    }
  }
}

extension DocumentError: CustomStringConvertible {
  package var description: String { "\(path): \(reason)" }
}
