import Checkpoints
import Testing

@testable import Tokenizers

@Suite struct ChatTemplateRecognitionTests {
  private func recognized(
    template: String? = nil, architecture: String = "llama", name: String = "",
    tokens: [String] = []
  ) -> ChatTemplate.Recognition {
    var metadata = Metadata()
    _ = metadata.append(key: "general.architecture", value: .string(architecture))
    _ = metadata.append(key: "general.name", value: .string(name))
    _ = metadata.append(
      key: "tokenizer.ggml.tokens", value: .array(.string(StringArray(tokens))))
    if let template {
      _ = metadata.append(key: "tokenizer.chat_template", value: .string(template))
    }
    return ChatTemplate.recognize(metadata)
  }

  @Test(arguments: [
    ("{{ bos_token }}{{ '[INST] ' + message['content'] + ' [/INST]' }}", ChatTemplate.mistralV2),
    ("{% set content = '<<SYS>>\\n' + s + '\\n<</SYS>>' %}{{ '[INST] ' + content }}", .llama2),
    ("{{'<|user|>' + '\n' + message['content'] + '<|end|>'}}", .phi3),
    ("{{'<|' + message['role'] + '|>' + '\n' + message['content'] + '<|end|>\n' }}", .phi3),
    ("{{'<|im_start|>' + message['role']}}", .chatML),
    ("{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>' + '<|eot_id|>' }}", .llama3),
    ("{{ '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n' }}", .qwen2),
    (
      "{{ '<|im_start|>system\\nYou are Qwen, created by Alibaba Cloud. You are a helpful "
        + "assistant.<|im_end|>\\n' }}", .qwen25
    ),
    (
      "{{ '<|im_start|>assistant\n' }}{% if enable_thinking is false %}"
        + "{{ '<think>\n\n</think>' }}{% endif %}", .qwen3
    ),
    (
      "{{ '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging "
        + "Face<|im_end|>\n' }}", .smolLM2
    ),
    // Another system text than the published ones: plain ChatML, not a guess.
    ("{{ '<|im_start|>system\nYou are a pirate.<|im_end|>\n' }}", .chatML),
    ("{{ '<|user|>\n' + content + eos_token }}{{ '<|assistant|>' }}", .zephyr),
    ("{{ '[AVAILABLE_TOOLS] ' }}{{ '[INST] ' + content + '[/INST]' }}", .mistralV3),
    ("{{ '[INST] ' + content + '[/INST]' }}{{ ' ' + content + eos_token }}", .mistralV3),
    (
      "{{ '[SYSTEM_PROMPT] ' + s + '[/SYSTEM_PROMPT]' }}{{ '[INST] ' + u + '[/INST]' }}", .mistralV7
    ),
    ("{{ '[SYSTEM_PROMPT]' + s + '[/SYSTEM_PROMPT]' }}{{ '[INST]' + u }}", .mistralV7Tekken),
    ("{{ '<start_of_turn>model' + c + '<end_of_turn>' }}", .gemma),
    (
      "{%- set first_user_prefix = '' -%}{{ '<start_of_turn>model' + c + '<end_of_turn>' }}",
      .gemma3
    ),
    (
      "{{ '<|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023' }}"
        + "{{ '<|eot_id|>' }}", .llama31
    ),
    // Half of Zephyr, of Llama 3 and of Gemma, Mistral Nemo, Phi-4: unknown, and not mistaken for a
    // similar one.
    ("{{ '<|user|>\n' + message['content'] + eos_token }}", .plain),
    ("{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>' }}", .plain),
    ("{{ '[AVAILABLE_TOOLS]' }}{{ '[INST]' + content + '[/INST]' }}", .plain),
    ("{{ '<start_of_turn>' + role }}", .plain),
    ("{{ '<|im_start|>' + role + '<|im_sep|>' }}", .plain),
    ("\u{1B}[31m", .plain),
  ])
  func theFilesTemplateDecides(text: String, expected: ChatTemplate) {
    let recognition = recognized(template: text, name: "Mistral-7B-Instruct-v0.2")
    #expect(recognition.template == expected)
    #expect(recognition.isCertain == (expected != .plain))
    #expect(recognition.reason.contains("template"))
  }

  @Test(arguments: [
    ("llama", "mistralai_mistral-7b-instruct-v0.2", ChatTemplate.mistralV2),
    ("llama", "codellama_codellama-7b-instruct-hf", .llama2),
    ("llama", "Llama-2-7B-Chat", .llama2), ("llama", "llama-2-7b-chat", .llama2),
    ("llama", "Meta-Llama-3-8B-Instruct", .llama3), ("llama", "Llama 3.1 8B Instruct", .llama31),
    ("llama", "TinyLlama-1.1B-Chat-v1.0", .zephyr), ("llama", "zephyr-7b-beta", .zephyr),
    ("llama", "Mistral-7B-Instruct-v0.3", .mistralV3),
    // Base models, and names that chat and base models share.
    ("llama", "Mistral-7B-v0.1", .plain), ("llama", "Llama 3.1 8B", .plain),
    ("llama", "LLaMA v2", .plain), ("qwen2", "Qwen2.5 1.5B", .plain),
    ("qwen3", "Qwen3 8B Base", .plain),
    ("phi3", "", .phi3), ("llama", "Phi-3-mini", .phi3),
    ("qwen2", "Qwen2.5 7B Instruct", .qwen25), ("qwen2", "Qwen2 1.5B Instruct", .qwen2),
    ("qwen3", "", .qwen3), ("gemma3", "Gemma 3 1b It", .gemma3), ("gemma3", "Gemma 3 270m", .plain),
    ("gemma2", "gemma-2-2b-it", .gemma), ("gemma3", "", .plain),
    ("llama", "stories260K", .plain), ("llama", "", .plain),
  ])
  func thenTheName(architecture: String, name: String, expected: ChatTemplate) {
    #expect(recognized(architecture: architecture, name: name).template == expected)
  }

  @Test func thenTheVocabulary() {
    let found = recognized(tokens: ["a", "<|im_end|>", "<|im_start|>"])
    #expect(found.template == .chatML && found.isCertain)
    #expect(recognized(tokens: ["<|im_start|>"]).template == .plain)
    // A fine-tuned model keeps its base model's name, but has tokens of its own template.
    let tuned = recognized(
      name: "dolphin-2.2.1-mistral-7b", tokens: ["a", "<|im_end|>", "<|im_start|>"])
    #expect(tuned.template == .chatML)
    // The tokens are in the vocabularies of Qwen's base models, too.
    let base = recognized(
      architecture: "qwen3", name: "Qwen3-8B-Base", tokens: ["<|im_end|>", "<|im_start|>"])
    #expect(base.template == .plain && !base.isCertain)
  }

  /// `general.finetune` and the file's name say what `general.name` does not.
  @Test func otherNamesSayThatAModelChats() {
    for (key, value) in [("general.finetune", "Chat"), ("general.basename", "llama-2-chat")] {
      var metadata = Metadata()
      _ = metadata.append(key: "general.name", value: .string("LLaMA v2"))
      _ = metadata.append(key: key, value: .string(value))
      #expect(ChatTemplate.recognize(metadata).template == .llama2)
    }
    var metadata = Metadata(path: "/models/llama-2-7b-chat.Q4_K_M.gguf")
    _ = metadata.append(key: "general.name", value: .string("LLaMA v2"))
    #expect(ChatTemplate.recognize(metadata).template == .llama2)
  }

  @Test func anEntryOfAnotherTypeCountsAsAbsent() {
    var metadata = Metadata()
    _ = metadata.append(key: "tokenizer.chat_template", value: .uint32(7))
    _ = metadata.append(key: "general.architecture", value: .bool(true))
    #expect(ChatTemplate.recognize(metadata).template == .plain)
  }
}
