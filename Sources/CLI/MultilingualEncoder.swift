/// Instructions for getting a sentence encoder for other languages than English.
enum MultilingualEncoder {
  /// The end of a sentence.
  static let hint =
    "for example multilingual-e5-small (MIT, 470 MB): put its folder from"
    + " huggingface.co/intfloat/multilingual-e5-small into models/embeddings, set embedding_model to"
    + " its name, and run swiftrag index rebuild"
}
