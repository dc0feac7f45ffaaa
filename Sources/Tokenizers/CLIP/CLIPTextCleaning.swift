/// The cleaning of a text before CLIP's tokenizer cuts it into words.
///
/// Raw values are stored in GGUF files.
package enum CLIPTextCleaning: String, Sendable, CaseIterable {
  /// OpenAI's `simple_tokenizer.py` and open_clip's `SimpleTokenizer`, with which the published
  /// models were trained: ftfy, HTML references replaced twice, white space collapsed, `str.lower`.
  case openAI = "openai"
  /// Hugging Face's `CLIPTokenizerFast`: NFC, white space collapsed, each character in lower case.
  case huggingFace = "huggingface"

  /// `str.isspace`, or White_Space, which lacks four separators of ASCII.
  private func isSpace(_ scalar: UInt32) -> Bool {
    PythonText.isSpace(scalar) && (self == .openAI || !(0x1C...0x1F).contains(scalar))
  }

  /// The cleaned text in UTF-8.
  func clean(_ text: String) -> [UInt8] {
    var scalars = text.unicodeScalars.map(\.value)
    switch self {
    case .openAI:
      scalars = TextRepair.repaired(scalars)
      scalars = HTMLReferences.unescaped(HTMLReferences.unescaped(scalars))
    case .huggingFace:
      scalars = TextRepair.composed(scalars)
    }
    scalars = PythonText.collapsingSpaces(scalars, where: isSpace)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for scalar in PythonText.lowercased(scalars, finalSigma: self == .openAI) {
      bytes.append(scalar: scalar)
    }
    return bytes
  }
}
