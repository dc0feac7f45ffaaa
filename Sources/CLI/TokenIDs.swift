internal import Bytes
internal import Foundation

/// The token ids in a text file, separated by white space.
///
/// - Throws: `CommandFailure` for a file that cannot be read or contains anything else, or nothing.
func tokenIDs(inFile path: String) throws -> [Int32] {
  guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
    throw CommandFailure("\(path): cannot be read", .missingInput, path: path)
  }
  let words = text.split(whereSeparator: \.isWhitespace)
  let tokens = words.compactMap { Int32($0) }
  guard tokens.count == words.count, !tokens.isEmpty else {
    throw CommandFailure("\(path): does not consist of token ids", .invalidData, path: path)
  }
  return tokens
}
