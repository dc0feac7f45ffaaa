// The target that libFuzzer drives with language models; Tests/Fuzz/run.sh builds it.

import Generation
import Bytes
import Checkpoints
import Kernels
import Models
import Tokenizers

/// One thread: the fuzzer's own process is the unit that is watched.
private let kernels = ComputeContext(threadCount: 1)

/// Memory that a model may ask for, in bytes: more than any input here can fill.
private let availableByteCount = 64 << 20

/// Text with spaces, accents, digits, an emoji, a special token's spelling and a control character.
private let text = "  Grüße, 12345 naïve\t猫 🙂 <s> [INST] don't\u{0}"

/// Opens `data` as a GGUF file, and lets its tokenizer read a text and its model compute four tokens;
/// and reads `data` as a JSON schema.
///
/// A trap, a sanitizer's report or an id outside the vocabulary ends the run; an error does not.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzLanguageModel(_ data: UnsafePointer<UInt8>?, _ byteCount: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: byteCount))
  if byteCount <= 4_096 { _ = try? JSONSchemaCompiler.compile(bytes) }
  guard let checkpoint = try? Checkpoint.open(file: MappedFile(bytes: bytes, name: "input")) else {
    return 0
  }
  tokenize(checkpoint)
  evaluate(checkpoint)
  return 0
}

private func tokenize(_ checkpoint: Checkpoint) {
  _ = ChatTemplate.recognize(checkpoint.metadata)
  guard
    let tokenizer = try? LanguageTokenizer(ggufMetadata: checkpoint.metadata, source: "input")
  else { return }
  for parsesSpecial in [false, true] {
    let ids = tokenizer.encode(text, parsesSpecial: parsesSpecial)
    for id in ids { precondition(id >= 0 && Int(id) < tokenizer.vocabularyCount, "id outside") }
    _ = tokenizer.decode(ids, showsSpecial: true)
  }
}

private func evaluate(_ checkpoint: Checkpoint) {
  for weights in [WeightPlacement.inPlace, .reordered] {
    let options = LoadOptions(
      weights: weights, contextTokenCount: 8, availableByteCount: availableByteCount)
    guard
      let model = try? LlamaModel(gguf: checkpoint, compute: kernels, options: options),
      let session = try? LlamaSession(
        model: model, contextTokenCount: 8, batchTokenCount: 4,
        availableByteCount: availableByteCount)
    else { return }
    try? session.evaluate([0, 1, 0])
    try? session.evaluate([0])
  }
}
