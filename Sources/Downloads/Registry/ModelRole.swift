/// The purpose of a model; each role has a folder of its name below the models folder.
package enum ModelRole: String, Sendable, CaseIterable {
  /// Language models, which write answers.
  case llm
  /// Sentence encoders, which find passages.
  case embeddings
  /// CLIP, which finds and labels pictures.
  case clip
  /// Whisper, which writes down recordings.
  case whisper
}

/// Names from lists and servers that become names of files.
package enum PlainPath {
  /// Whether a text can be joined to a folder and stays below it: relative, without `..`, hidden
  /// parts, control characters, or characters that another system reads as a separator.
  package static func isSafe(_ path: String) -> Bool {
    !path.isEmpty && path.utf8.count <= 512
      && path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { isName($0) }
  }

  /// Whether a text is one such part.
  package static func isName(_ name: some StringProtocol) -> Bool {
    !name.isEmpty && name.first != "." && name.utf8.count <= 200
      && name.unicodeScalars.allSatisfy {
        $0.value >= 0x20 && $0.value != 0x7F && $0 != "/" && $0 != "\\" && $0 != ":"
          && $0.properties.generalCategory != .format
      }
  }
}
