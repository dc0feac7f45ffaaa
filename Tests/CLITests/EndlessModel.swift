import Checkpoints
import Foundation
import Testing

/// A language model of random weights that never ends its answer by itself, so that a test can
/// interrupt it whatever the machine's load.
enum EndlessModel {
  /// Writes `endless.gguf` to the runner's home.
  ///
  /// The output row of `</s>` becomes zeros: its logit is 0, below the largest of a thousand random
  /// ones, and greedy decoding (`--temp 0`) never picks it.
  static func make(in runner: CommandRunner) throws {
    let made = try runner.run(
      "bench", "model", "--arch", "llama2", "--type", "f32", "--out", "endless.gguf")
    #expect(made.status == 0, "\(made.error)")
    let file = runner.home.appending(path: "endless.gguf")
    let checkpoint = try Checkpoint.open(path: file.path)
    let output = try checkpoint.requiredTensor("output.weight")
    let rowByteCount = output.byteCount / output.shape[0]
    // The id that the file's `tokenizer.ggml.eos_token_id` has.
    let endToken = 2
    let handle = try FileHandle(forWritingTo: file)
    try handle.seek(
      toOffset: UInt64(output.byteRange.lowerBound + endToken * rowByteCount))
    try handle.write(contentsOf: Data(count: rowByteCount))
    try handle.close()
  }

  /// The options of `run` with this model; the scalar kernels draw an answer out over minutes.
  static let options = [
    "-m", "endless.gguf", "--kernels", "reference", "--temp", "0", "-n", "100000",
  ]
}
