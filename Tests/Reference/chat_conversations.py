"""The published chat templates, and the conversations that the goldens render with them.

Each template is data of the model named above it: `chat_template` of its tokenizer_config.json.
"""

_ALTERNATE = (
    "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation "
    "roles must alternate user/assistant/user/assistant/...') }}{% endif %}")

# Qwen/Qwen3-8B without its branches for tools
_QWEN3 = (
    "{%- if messages[0].role == 'system' %}"
    "{{- '<|im_start|>system\n' + messages[0].content + '<|im_end|>\n' }}{%- endif %}"
    "{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}"
    "{%- for message in messages[::-1] %}{%- set index = (messages|length - 1) - loop.index0 %}"
    "{%- if ns.multi_step_tool and message.role == \"user\" and message.content is string and "
    "not(message.content.startswith('<tool_response>') and "
    "message.content.endswith('</tool_response>')) %}"
    "{%- set ns.multi_step_tool = false %}{%- set ns.last_query_index = index %}{%- endif %}"
    "{%- endfor %}{%- for message in messages %}{%- set content = message.content %}"
    "{%- if (message.role == \"user\") or (message.role == \"system\" and not loop.first) %}"
    "{{- '<|im_start|>' + message.role + '\n' + content + '<|im_end|>' + '\n' }}"
    "{%- elif message.role == \"assistant\" %}{%- set reasoning_content = '' %}"
    "{%- if '</think>' in content %}"
    "{%- set reasoning_content = content.split('</think>')[0].rstrip('\n').split('<think>')[-1]"
    ".lstrip('\n') %}{%- set content = content.split('</think>')[-1].lstrip('\n') %}{%- endif %}"
    "{%- if loop.index0 > ns.last_query_index %}"
    "{%- if loop.last or (not loop.last and reasoning_content) %}"
    "{{- '<|im_start|>' + message.role + '\n<think>\n' + reasoning_content.strip('\n') + "
    "'\n</think>\n\n' + content.lstrip('\n') }}{%- else %}"
    "{{- '<|im_start|>' + message.role + '\n' + content }}{%- endif %}{%- else %}"
    "{{- '<|im_start|>' + message.role + '\n' + content }}{%- endif %}{{- '<|im_end|>\n' }}"
    "{%- endif %}{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}"
    "{%- if enable_thinking is defined and enable_thinking is false %}"
    "{{- '<think>\n\n</think>\n\n' }}{%- endif %}{%- endif %}")

# name: (vocabulary, template, whether it has a system role); no ids without a vocabulary
TEMPLATES = {
    # mistralai/Mistral-7B-Instruct-v0.2
    "mistral-v0.2": ("mistral", (
        "{{ bos_token }}{% for message in messages %}" + _ALTERNATE +
        "{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}"
        "{% elif message['role'] == 'assistant' %}{{ message['content'] + eos_token}}"
        "{% else %}{{ raise_exception('Only user and assistant roles are supported!') }}{% endif %}"
        "{% endfor %}"), False),
    # meta-llama/Llama-2-7b-chat-hf, codellama/CodeLlama-7b-Instruct-hf
    "llama-2": ("mistral", (
        "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}"
        "{% set system_message = messages[0]['content'] %}{% else %}"
        "{% set loop_messages = messages %}{% set system_message = false %}{% endif %}"
        "{% for message in loop_messages %}" + _ALTERNATE +
        "{% if loop.index0 == 0 and system_message != false %}"
        "{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}"
        "{% else %}{% set content = message['content'] %}{% endif %}"
        "{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}"
        "{% elif message['role'] == 'assistant' %}{{ ' '  + content.strip() + ' ' + eos_token }}"
        "{% endif %}{% endfor %}"), True),
    # microsoft/Phi-3-mini-4k-instruct, as in ggml-vocab-phi-3.gguf
    "phi-3": ("phi-3", (
        "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') %}"
        "{{'<|user|>' + '\n' + message['content'] + '<|end|>' + '\n' + '<|assistant|>' + '\n'}}"
        "{% elif (message['role'] == 'assistant') %}{{message['content'] + '<|end|>' + '\n'}}"
        "{% endif %}{% endfor %}"), False),
    # teknium/OpenHermes-2.5-Mistral-7B
    "chatml": ("hermes", (
        "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] "
        "+ '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}"
        "{{ '<|im_start|>assistant\n' }}{% endif %}"), True),
    # Qwen/Qwen2-7B-Instruct
    "qwen-2": (None, (
        "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
        "{{ '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n' }}{% endif %}"
        "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
        "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"), True),
    # Qwen/Qwen2.5-7B-Instruct without its branches for tools
    "qwen-2.5": (None, (
        "{%- if messages[0]['role'] == 'system' %}"
        "{{- '<|im_start|>system\n' + messages[0]['content'] + '<|im_end|>\n' }}{%- else %}"
        "{{- '<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful "
        "assistant.<|im_end|>\n' }}{%- endif %}{%- for message in messages %}"
        "{%- if (message.role == \"user\") or (message.role == \"system\" and not loop.first) or "
        "(message.role == \"assistant\") %}"
        "{{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}"
        "{%- endif %}{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}"
        "{%- endif %}"), True),
    "qwen-3": (None, _QWEN3, True),
    "qwen-3-thinking": (None, _QWEN3, True),
    # HuggingFaceTB/SmolLM2-135M-Instruct
    "smollm-2": (None, (
        "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
        "{{ '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging "
        "Face<|im_end|>\n' }}{% endif %}"
        "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
        "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"), True),
    # meta-llama/Meta-Llama-3-8B-Instruct
    "llama-3": (None, (
        "{% set loop_messages = messages %}{% for message in loop_messages %}"
        "{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ "
        "message['content'] | trim + '<|eot_id|>' %}"
        "{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}"
        "{% endfor %}{% if add_generation_prompt %}"
        "{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"), True),
    # mistralai/Mistral-7B-Instruct-v0.3 without its branches for tools
    "mistral-v0.3": (None, (
        "{%- if messages[0]['role'] == 'system' %}{%- set system_message = messages[0]['content'] %}"
        "{%- set loop_messages = messages[1:] %}{%- else %}{%- set loop_messages = messages %}"
        "{%- endif %}{{- bos_token }}{%- for message in loop_messages %}"
        "{%- if message['role'] == 'user' %}{%- if loop.last and system_message is defined %}"
        "{{- '[INST] ' + system_message + '\n\n' + message['content'] + '[/INST]' }}{%- else %}"
        "{{- '[INST] ' + message['content'] + '[/INST]' }}{%- endif %}"
        "{%- elif message['role'] == 'assistant' %}"
        "{{- ' ' + message['content']|trim + eos_token }}{%- endif %}{%- endfor %}"), True),
    # The basic instruct template V7 in the card of mistralai/Mistral-Large-Instruct-2411
    "mistral-v7": (None, (
        "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}"
        "{{ '[INST] ' + message['content'] + '[/INST]' }}"
        "{% elif message['role'] == 'system' %}"
        "{{ '[SYSTEM_PROMPT] ' + message['content'] + '[/SYSTEM_PROMPT]' }}"
        "{% elif message['role'] == 'assistant' %}{{ ' ' + message['content'] + eos_token }}"
        "{% endif %}{% endfor %}"), True),
    # mistralai/Mistral-Small-24B-Instruct-2501 without its default system text
    "mistral-v7-tekken": (None, (
        "{{- bos_token }}{%- for message in messages %}{%- if message['role'] == 'user' %}"
        "{{- '[INST]' + message['content'] + '[/INST]' }}"
        "{%- elif message['role'] == 'system' %}"
        "{{- '[SYSTEM_PROMPT]' + message['content'] + '[/SYSTEM_PROMPT]' }}"
        "{%- elif message['role'] == 'assistant' %}{{- message['content'] + eos_token }}"
        "{%- endif %}{%- endfor %}"), True),
    # meta-llama/Llama-3.1-8B-Instruct without its branches for tools
    "llama-3.1": (None, (
        "{{- bos_token }}{%- if not date_string is defined %}"
        "{%- set date_string = '26 Jul 2024' %}{%- endif %}"
        "{%- if messages[0]['role'] == 'system' %}"
        "{%- set system_message = messages[0]['content']|trim %}{%- set messages = messages[1:] %}"
        "{%- else %}{%- set system_message = '' %}{%- endif %}"
        "{{- '<|start_header_id|>system<|end_header_id|>\n\n' }}"
        "{{- 'Cutting Knowledge Date: December 2023\n' }}"
        "{{- 'Today Date: ' + date_string + '\n\n' }}{{- system_message }}{{- '<|eot_id|>' }}"
        "{%- for message in messages %}"
        "{{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ "
        "message['content'] | trim + '<|eot_id|>' }}{%- endfor %}{%- if add_generation_prompt %}"
        "{{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{%- endif %}"), True),
    # HuggingFaceH4/zephyr-7b-beta, TinyLlama/TinyLlama-1.1B-Chat-v1.0
    "zephyr": (None, (
        "{% for message in messages %}\n{% if message['role'] == 'user' %}\n"
        "{{ '<|user|>\n' + message['content'] + eos_token }}\n"
        "{% elif message['role'] == 'system' %}\n"
        "{{ '<|system|>\n' + message['content'] + eos_token }}\n"
        "{% elif message['role'] == 'assistant' %}\n"
        "{{ '<|assistant|>\n'  + message['content'] + eos_token }}\n{% endif %}\n"
        "{% if loop.last and add_generation_prompt %}\n{{ '<|assistant|>' }}\n{% endif %}\n"
        "{% endfor %}"), True),
    # google/gemma-2-2b-it
    "gemma": (None, (
        "{{ bos_token }}{% for message in messages %}" + _ALTERNATE +
        "{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}"
        "{% set role = message['role'] %}{% endif %}"
        "{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}"
        "{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}"), False),
    # google/gemma-3-4b-it without its branches for pictures
    "gemma-3": (None, (
        "{{ bos_token }}\n{%- if messages[0]['role'] == 'system' -%}\n"
        "    {%- set first_user_prefix = messages[0]['content'] + '\n\n' -%}\n"
        "    {%- set loop_messages = messages[1:] -%}\n{%- else -%}\n"
        "    {%- set first_user_prefix = \"\" -%}\n    {%- set loop_messages = messages -%}\n"
        "{%- endif -%}\n{%- for message in loop_messages -%}\n"
        "    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}\n"
        "        {{ raise_exception(\"Conversation roles must alternate\") }}\n    {%- endif -%}\n"
        "    {%- if (message['role'] == 'assistant') -%}\n        {%- set role = \"model\" -%}\n"
        "    {%- else -%}\n        {%- set role = message['role'] -%}\n    {%- endif -%}\n"
        "    {{ '<start_of_turn>' + role + '\n' + (first_user_prefix if loop.first else \"\") }}\n"
        "    {%- if message['content'] is string -%}\n        {{ message['content'] | trim }}\n"
        "    {%- endif -%}\n    {{ '<end_of_turn>\n' }}\n{%- endfor -%}\n"
        "{%- if add_generation_prompt -%}\n    {{'<start_of_turn>model\n'}}\n{%- endif -%}\n"), True),
}


def _conversation(*texts, system=None):
    messages = [{"role": "system", "content": system}] if system is not None else []
    for index, text in enumerate(texts):
        messages.append({"role": ("user", "assistant")[index % 2], "content": text})
    return messages


CONVERSATIONS = [
    _conversation("Hello"),
    _conversation("Hello", system="You are a helpful assistant"),
    _conversation("Hello", "Hi there", "Who are you"),
    _conversation("Hello", "Hi there", "Who are you", "   I am an assistant   ", "Another question",
                  system="You are a helpful assistant"),
    _conversation("  two spaces before and after  ", "\n answer\n\n", "\tquestion\t"),
    _conversation("  hi \n", system="  system text \n"),
    _conversation("   ", system="answer in French"),
    _conversation("", "", ""),
    _conversation("Größe, naïve café, 日本語, 🦙👩‍👩‍👧‍👦 and е́", "ответ", "\u00a0nbsp\u00a0\u3000"),
    _conversation("Sources:\n\n[1] The museum opens at 9.\n[2] Tickets cost €12.\n\nWhen does it open?",
                  "It opens at 9 [1].", "And the price?", system="Answer only from the sources. Cite [n]."),
    _conversation("def f(x):\n    return {'a': x[0]}\n", "```python\nprint(1)\n```\n", "why?"),
    _conversation("1234567890 " * 20 + "x" * 200, system="Line one.\nLine two.\n"),
    _conversation("one", "two", "three", "four"),
]

# For templates that treat a model's reasoning apart.
REASONED = [
    _conversation("Hello", "<think>\nA greeting.\n</think>\n\nHi there", "Who are you"),
    _conversation("Hello", "<think>\nA greeting.\n\n</think>\n\nHi there"),
    _conversation("Hello", "no start</think>answer </think>\n\nsecond"),
    _conversation("Hello", "<think>never ended"),
    [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "<think>\na\n</think>b"},
     {"role": "assistant", "content": "\nc"}],
]
