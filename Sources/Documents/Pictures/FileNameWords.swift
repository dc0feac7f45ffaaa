internal import Bytes

/// The words of a picture's file name, as in `cat-on_keyboard2.jpg`: "cat on keyboard".
enum FileNameWords {
  /// Names that cameras, telephones and programs give, which say nothing about the picture.
  ///
  /// The prefixes of DCF (JEITA CP-3461) that common cameras use, and those of Android, iOS and
  /// messengers.
  private static let meaningless: Set<String> = [
    "img", "image", "dsc", "dscn", "dscf", "dcim", "pxl", "mvimg", "vid", "pict", "picture", "pic",
    "photo", "foto", "scan", "unnamed", "untitled", "download", "whatsapp", "wa", "copy", "kopie",
    "final", "edited", "large", "small", "thumb", "thumbnail", "fullsizerender", "jpg", "jpeg",
    "png",
  ]

  /// The extensions of pictures, which programs write into the alternative text with the name.
  private static let extensions: Set<String> = [
    "png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp", "svg", "emf", "wmf", "heic",
  ]

  /// A caption, or the words of it where it is nothing but the name of a picture's file.
  static func caption(_ text: String) -> String {
    guard let dot = text.lastIndex(of: "."), !text[..<dot].contains(" "),
      extensions.contains(text[text.index(after: dot)...].lowercased())
    else { return text }
    return words(of: text)
  }

  /// The words of a name.
  ///
  /// - Parameter path: a path or a file name.
  /// - Returns: the words; empty if the name is a number or one that a camera gave.
  static func words(of path: String) -> String {
    var name = Substring(Paths.name(of: path))
    if let dot = name.lastIndex(of: "."), dot != name.startIndex { name = name[..<dot] }
    let words = split(name).filter { word in
      word.count > 1 && !meaningless.contains(word.lowercased()) && word.contains { $0.isLetter }
    }
    return CaptionText.oneLine(words.joined(separator: " "))
  }

  /// Splits at everything but letters and digits, between letters and digits, and before a capital
  /// after a small letter.
  private static func split(_ name: Substring) -> [String] {
    var words: [String] = []
    var word = ""
    var previous: Character?
    for character in name {
      let isWordCharacter = character.isLetter || character.isNumber
      let changes =
        previous.map {
          $0.isNumber != character.isNumber || ($0.isLowercase && character.isUppercase)
        } ?? false
      if !isWordCharacter || changes {
        if !word.isEmpty { words.append(word) }
        word = ""
      }
      if isWordCharacter { word.append(character) }
      previous = isWordCharacter ? character : nil
    }
    if !word.isEmpty { words.append(word) }
    return words
  }
}
