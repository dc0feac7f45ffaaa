import Bytes
import Checkpoints
import Testing

/// Published files, where they are present.
@Suite struct RealFileTests {
  @Test(
    .enabled(
      if: Assets.has("llm/stories260K-f32.derived.gguf"), "needs llm/stories260K-f32.derived.gguf"))
  func stories() throws {
    let checkpoint = try Checkpoint.open(path: Assets.path("llm/stories260K-f32.derived.gguf"))
    checkPromises(checkpoint, "stories260K")
    #expect(try checkpoint.metadata.string("general.architecture") == "llama")
    #expect(try checkpoint.metadata.integer("llama.embedding_length") == 64)
    #expect(try checkpoint.requiredTensor("token_embd.weight").shape == [512, 64])
  }

  @Test(
    .enabled(
      if: Assets.has("tokenizers/ggml-vocab-bert-bge.gguf"), "needs tokenizers/*.gguf"),
    arguments: [
      ("bert-bge", 30_522, "bert"), ("gpt-2", 50_257, "gpt2"), ("phi-3", 32_064, "llama"),
    ])
  func vocabulary(_ name: String, _ tokenCount: Int, _ model: String) throws {
    let checkpoint = try Checkpoint.open(path: Assets.path("tokenizers/ggml-vocab-\(name).gguf"))
    checkPromises(checkpoint, "\(name)")
    let metadata = checkpoint.metadata
    #expect(checkpoint.tensors.isEmpty)
    #expect(try metadata.strings("tokenizer.ggml.tokens")?.count == tokenCount)
    #expect(try metadata.string("tokenizer.ggml.model") == model)
    #expect(try metadata.integers("tokenizer.ggml.token_type")?.count == tokenCount)
  }

  @Test(.enabled(if: Assets.has("minilm/model.safetensors"), "needs minilm/model.safetensors"))
  func miniLM() throws {
    let checkpoint = try Checkpoint.open(path: Assets.path("minilm/model.safetensors"))
    checkByteMap(checkpoint, "MiniLM")
    #expect(checkpoint.tensors.count >= 101)
    let embedding = try checkpoint.requiredTensor("embeddings.word_embeddings.weight")
    #expect(embedding.shape == [30_522, 384] && embedding.type == .f32)
  }

  @Test(
    .enabled(if: Assets.has("formats/jfk-codes.safetensors"), "needs formats/jfk-codes.safetensors")
  )
  func codes() throws {
    let checkpoint = try Checkpoint.open(path: Assets.path("formats/jfk-codes.safetensors"))
    checkPromises(checkpoint, "jfk-codes")
    #expect(!checkpoint.tensors.isEmpty)
  }
}
