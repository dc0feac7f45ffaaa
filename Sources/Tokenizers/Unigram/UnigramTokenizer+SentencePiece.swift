internal import Checkpoints

extension UnigramTokenizer {
  /// Creates a tokenizer from the content of XLM-RoBERTa's `sentencepiece.bpe.model`.
  ///
  /// The ids are fairseq's: `<s>` 0, `<pad>` 1, `</s>` 2, `<unk>` 3, then the ordinary pieces, each one
  /// above its number in the file, and `<mask>` last.
  ///
  /// - Source: sentencepiece `sentencepiece_model.proto`; transformers `XLMRobertaTokenizer`.
  /// - Parameters:
  ///   - bytes: a `ModelProto` with a unigram model.
  ///   - source: the file's name, for errors.
  /// - Throws: `TokenizerError` where it is not one, or lacks `<unk>`, `<s>` and `</s>` in this order.
  init(sentencePieceModel bytes: [UInt8], source: String) throws(TokenizerError) {
    let file = try SentencePieceFile(bytes, source: source)
    let specials = file.kinds.prefix(3)
    guard file.pieces.count > 3, specials.elementsEqual([.unknown, .control, .control]) else {
      throw .unsupported(
        entry: "the first pieces", found: file.pieces.prefix(3).joined(separator: " "),
        supported: "<unk> <s> </s>", source: source)
    }
    var pieces = StringArray(["<s>", "<pad>", "</s>", "<unk>"])
    var scores = [Double](repeating: 0, count: 4)
    var kinds: [UnigramModel.Kind] = [.control, .control, .control, .unknown]
    for id in 3..<file.pieces.count {
      pieces.append(file.pieces.bytes(at: id))
      scores.append(Double(file.scores[id]))
      kinds.append(file.kinds[id])
    }
    let mask = Int32(pieces.count)
    pieces.append(Array("<mask>".utf8))
    scores.append(0)
    kinds.append(.control)
    var charsmap: PrecompiledCharsmap?
    if !file.charsmap.isEmpty {
      charsmap = try PrecompiledCharsmap(
        file.charsmap, entry: "precompiled_charsmap", source: source)
    }
    try self.init(
      model: UnigramModel(pieces: pieces, scores: scores, kinds: kinds, unknown: 3),
      normalization: .sentencePiece(charsmap), addsSpacePrefix: file.addsDummyPrefix,
      specialTokens: SpecialTokens(beginning: 0, end: 2, unknown: 3, padding: 1, mask: mask),
      source: source)
  }
}

/// The parts of a SentencePiece `ModelProto` that a unigram tokenizer needs.
private struct SentencePieceFile {
  var pieces = StringArray()
  var scores: [Float] = []
  var kinds: [UnigramModel.Kind] = []
  var charsmap: [UInt8] = []
  var addsDummyPrefix = true

  init(_ bytes: [UInt8], source: String) throws(TokenizerError) {
    var isUnigram = true
    var message = ProtocolBuffer(bytes[...], source: source)
    while let field = try message.next() {
      switch (field.number, field.value) {
      case (1, .bytes(let piece)): try append(piece, source: source)
      case (2, .bytes(let trainer)):
        var trainer = ProtocolBuffer(trainer, source: source)
        // `model_type`, 1 for unigram.
        while let field = try trainer.next() {
          if field.number == 3, case .number(let type) = field.value { isUnigram = type == 1 }
        }
      case (3, .bytes(let normalizer)): try readNormalizer(normalizer, source: source)
      default: continue
      }
    }
    guard isUnigram else {
      throw .unsupported(
        entry: "model_type", found: "another model", supported: "unigram", source: source)
    }
    guard pieces.byteCount <= VocabularyLimits.totalByteCount,
      pieces.count <= VocabularyLimits.tokenCount
    else {
      throw .invalid(entry: "pieces", reason: "are more than the limit", source: source)
    }
  }

  /// A `SentencePiece`: piece 1, score 2, type 3 (1 normal, 2 unknown, 3 control, 4 user-defined,
  /// 5 unused, 6 byte).
  private mutating func append(
    _ bytes: ArraySlice<UInt8>, source: String
  ) throws(TokenizerError) {
    var message = ProtocolBuffer(bytes, source: source)
    var piece: ArraySlice<UInt8> = []
    var score: Float = 0
    var kind = UnigramModel.Kind.normal
    while let field = try message.next() {
      switch (field.number, field.value) {
      case (1, .bytes(let bytes)): piece = bytes
      case (2, .fixed32(let bits)): score = Float(bitPattern: bits)
      case (3, .number(let type)):
        guard let found = Int32(exactly: type).flatMap(UnigramModel.Kind.init) else {
          throw .unsupported(
            entry: "piece \(pieces.count)", found: "type \(type)", supported: "types 1, 2, 3, 5",
            source: source)
        }
        kind = found
      default: continue
      }
    }
    guard piece.count <= VocabularyLimits.tokenByteCount, score.isFinite else {
      throw .invalid(
        entry: "piece \(pieces.count)", reason: "is too long, or has no finite score",
        source: source)
    }
    pieces.append(piece)
    scores.append(score)
    kinds.append(kind)
  }

  /// A `NormalizerSpec`: precompiled_charsmap 2, add_dummy_prefix 3.
  private mutating func readNormalizer(
    _ bytes: ArraySlice<UInt8>, source: String
  ) throws(TokenizerError) {
    var message = ProtocolBuffer(bytes, source: source)
    while let field = try message.next() {
      switch (field.number, field.value) {
      case (2, .bytes(let map)): charsmap = Array(map)
      case (3, .number(let flag)): addsDummyPrefix = flag != 0
      default: continue
      }
    }
  }
}
