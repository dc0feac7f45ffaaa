internal import Checkpoints
internal import Models

extension SyntheticModel {
  /// The keys of the published file, in its order.
  ///
  /// - Source: llama.cpp's metadata dumps of the published files.
  var metadata: [(key: String, value: MetadataValue)] {
    let head: [(key: String, value: MetadataValue)] = [
      ("general.architecture", .string(config.architecture.rawValue)),
      ("general.name", .string(architecture.name)),
    ]
    let (sizes, tokenizer) =
      switch config.architecture {
      case .llama, .phi3: (self.sizes, self.tokenizer)
      case .qwen2, .qwen3: (qwenSizes, byteLevelTokenizer)
      case .gemma3: (gemmaSizes, gemmaTokenizer)
      }
    return head + sizes + [
      ("general.file_type", .uint32(recipe.fileType))
    ] + tokenizer + [
      ("general.quantization_version", .uint32(2))
    ]
  }

  private func count(_ key: String, _ value: Int) -> (key: String, value: MetadataValue) {
    ("\(config.architecture.rawValue).\(key)", .uint32(UInt32(value)))
  }

  private func number(_ key: String, _ value: Float) -> (key: String, value: MetadataValue) {
    ("\(config.architecture.rawValue).\(key)", .float32(value))
  }

  /// The sizes in the order of llama.cpp's converter since 2024.
  private var qwenSizes: [(key: String, value: MetadataValue)] {
    var entries = [
      count("block_count", config.layers), count("context_length", config.context),
      count("embedding_length", config.embed), count("feed_forward_length", config.ffn),
      count("attention.head_count", config.heads),
      count("attention.head_count_kv", config.keyValueHeads),
      number("rope.freq_base", config.ropeBase),
      number("attention.layer_norm_rms_epsilon", config.epsilon),
    ]
    if config.architecture == .qwen3 {
      entries += [
        count("attention.key_length", config.headDim),
        count("attention.value_length", config.headDim),
      ]
    }
    return entries
  }

  private var sizes: [(key: String, value: MetadataValue)] {
    var entries = [
      count("context_length", config.context), count("embedding_length", config.embed),
    ]
    // The converter of Phi-3 writes two of the counts in the other order.
    let blocks = count("block_count", config.layers)
    let ffn = count("feed_forward_length", config.ffn)
    entries += architecture == .phi3 ? [ffn, blocks] : [blocks, ffn]
    let heads = [
      count("attention.head_count", config.heads),
      count("attention.head_count_kv", config.keyValueHeads),
      number("attention.layer_norm_rms_epsilon", config.epsilon),
    ]
    let rope = count("rope.dimension_count", config.rotaryDim)
    entries += architecture == .phi3 ? heads + [rope] : [rope] + heads
    // The published files of Llama-2 and Phi-3 leave the default out.
    if config.ropeBase != 10_000 { entries.append(number("rope.freq_base", config.ropeBase)) }
    return entries
  }

  /// The sizes in the order of Gemma's converter of 2025, which writes no second base of the rotation
  /// and no pattern of windows.
  private var gemmaSizes: [(key: String, value: MetadataValue)] {
    var entries = [
      count("context_length", config.context), count("embedding_length", config.embed),
      count("block_count", config.layers), count("feed_forward_length", config.ffn),
      count("attention.head_count", config.heads),
      number("attention.layer_norm_rms_epsilon", config.epsilon),
      count("attention.key_length", config.headDim),
      count("attention.value_length", config.headDim), number("rope.freq_base", config.ropeBase),
      count("attention.sliding_window", config.slidingWindow ?? 0),
      count("attention.head_count_kv", config.keyValueHeads),
    ]
    if config.ropeScale != 1 {
      entries += [
        ("gemma3.rope.scaling.type", .string("linear")),
        number("rope.scaling.factor", 1 / config.ropeScale),
      ]
    }
    return entries
  }

  private var gemmaTokenizer: [(key: String, value: MetadataValue)] {
    let vocabulary = SyntheticVocabulary(architecture: architecture, count: config.vocab)
    return [
      ("tokenizer.ggml.model", .string("llama")), ("tokenizer.ggml.pre", .string("default")),
      ("tokenizer.ggml.tokens", .array(.string(StringArray(vocabulary.pieces)))),
      ("tokenizer.ggml.scores", .array(.float32(vocabulary.scores))),
      ("tokenizer.ggml.token_type", .array(.int32(vocabulary.types))),
      ("tokenizer.ggml.bos_token_id", .uint32(2)), ("tokenizer.ggml.eos_token_id", .uint32(1)),
      ("tokenizer.ggml.unknown_token_id", .uint32(3)),
      ("tokenizer.ggml.padding_token_id", .uint32(0)),
      ("tokenizer.ggml.add_bos_token", .bool(true)),
      ("tokenizer.ggml.add_eos_token", .bool(false)),
      ("tokenizer.ggml.add_space_prefix", .bool(false)),
      ("tokenizer.chat_template", .string(architecture.template ?? "")),
    ]
  }

  private var byteLevelTokenizer: [(key: String, value: MetadataValue)] {
    let vocabulary = SyntheticByteLevelVocabulary(
      architecture: config.architecture, count: config.vocab)
    return [
      ("tokenizer.ggml.model", .string("gpt2")), ("tokenizer.ggml.pre", .string("qwen2")),
      ("tokenizer.ggml.tokens", .array(.string(StringArray(vocabulary.tokens)))),
      ("tokenizer.ggml.token_type", .array(.int32(vocabulary.types))),
      ("tokenizer.ggml.merges", .array(.string(StringArray(vocabulary.merges)))),
      ("tokenizer.ggml.eos_token_id", .uint32(UInt32(vocabulary.endOfTurn))),
      ("tokenizer.ggml.padding_token_id", .uint32(UInt32(vocabulary.endOfText))),
      ("tokenizer.ggml.bos_token_id", .uint32(UInt32(vocabulary.endOfText))),
      ("tokenizer.ggml.add_bos_token", .bool(false)),
      ("tokenizer.chat_template", .string(architecture.template ?? "")),
    ]
  }

  private var tokenizer: [(key: String, value: MetadataValue)] {
    let vocabulary = SyntheticVocabulary(architecture: architecture, count: config.vocab)
    var entries: [(key: String, value: MetadataValue)] = [
      ("tokenizer.ggml.model", .string("llama"))
    ]
    // Written by converters from May 2024 on; of no meaning to SentencePiece.
    if architecture == .phi3 { entries.append(("tokenizer.ggml.pre", .string("default"))) }
    entries += [
      ("tokenizer.ggml.tokens", .array(.string(StringArray(vocabulary.pieces)))),
      ("tokenizer.ggml.scores", .array(.float32(vocabulary.scores))),
      ("tokenizer.ggml.token_type", .array(.int32(vocabulary.types))),
    ]
    let end = architecture == .phi3 ? vocabulary.endOfText : 2
    entries += [
      ("tokenizer.ggml.bos_token_id", .uint32(1)),
      ("tokenizer.ggml.eos_token_id", .uint32(UInt32(end))),
      ("tokenizer.ggml.unknown_token_id", .uint32(0)),
    ]
    guard let template = architecture.template else { return entries }
    return entries + [
      ("tokenizer.ggml.padding_token_id", .uint32(architecture == .phi3 ? UInt32(end) : 0)),
      ("tokenizer.ggml.add_bos_token", .bool(true)),
      ("tokenizer.ggml.add_eos_token", .bool(false)),
      ("tokenizer.chat_template", .string(template)),
    ]
  }
}

extension SyntheticArchitecture {
  /// `tokenizer.chat_template`; the files of Llama-2 and CodeLlama have none.
  fileprivate var template: String? {
    switch self {
    case .llama2, .codellama: nil
    case .mistral:
      "{{ bos_token }}{% for message in messages %}"
        + "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
        + "{{ raise_exception('Conversation roles must alternate "
        + "user/assistant/user/assistant/...') }}{% endif %}"
        + "{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}"
        + "{% elif message['role'] == 'assistant' %}{{ message['content'] + eos_token}}"
        + "{% else %}{{ raise_exception('Only user and assistant roles are supported!') }}"
        + "{% endif %}{% endfor %}"
    case .phi3:
      "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') %}"
        + "{{'<|user|>' + '\n' + message['content'] + '<|end|>' + '\n' + '<|assistant|>' + '\n'}}"
        + "{% elif (message['role'] == 'assistant') %}{{message['content'] + '<|end|>' + '\n'}}"
        + "{% endif %}{% endfor %}"
    // Without the branches for tools.
    case .qwen25Small, .qwen25:
      "{%- if messages[0]['role'] == 'system' %}{{- '<|im_start|>system\\n' + "
        + "messages[0]['content'] + '<|im_end|>\\n' }}{%- else %}{{- '<|im_start|>system\\nYou are "
        + "Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\\n' }}"
        + "{%- endif %}{%- for message in messages %}{%- if (message.role == \"user\") or "
        + "(message.role == \"system\" and not loop.first) or (message.role == \"assistant\") %}"
        + "{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}"
        + "{%- endif %}{%- endfor %}{%- if add_generation_prompt %}"
        + "{{- '<|im_start|>assistant\\n' }}{%- endif %}"
    // Without the branches for tools and for reasoning in earlier answers.
    case .qwen3:
      "{%- for message in messages %}{{- '<|im_start|>' + message.role + '\\n' + "
        + "message.content + '<|im_end|>\\n' }}{%- endfor %}{%- if add_generation_prompt %}"
        + "{{- '<|im_start|>assistant\\n' }}{%- if enable_thinking is defined and "
        + "enable_thinking is false %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}{%- endif %}"
    // Without the branches for pictures.
    case .gemma3Small, .gemma3:
      "{{ bos_token }}{%- if messages[0]['role'] == 'system' -%}"
        + "{%- set first_user_prefix = messages[0]['content'] + '\n\n' -%}"
        + "{%- set loop_messages = messages[1:] -%}{%- else -%}"
        + "{%- set first_user_prefix = \"\" -%}{%- set loop_messages = messages -%}{%- endif -%}"
        + "{%- for message in loop_messages -%}{%- if (message['role'] == 'assistant') -%}"
        + "{%- set role = \"model\" -%}{%- else -%}{%- set role = message['role'] -%}{%- endif -%}"
        + "{{ '<start_of_turn>' + role + '\n' + (first_user_prefix if loop.first else \"\") }}"
        + "{{ message['content'] | trim }}{{ '<end_of_turn>\n' }}{%- endfor -%}"
        + "{%- if add_generation_prompt -%}{{'<start_of_turn>model\n'}}{%- endif -%}"
    }
  }
}
