"""The published chat templates, and the conversations that the goldens render with them.

Each template is data of the model named above it: `chat_template` of its tokenizer_config.json.
"""

_ALTERNATE = (
    "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation "
    "roles must alternate user/assistant/user/assistant/...') }}{% endif %}")

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
    # meta-llama/Meta-Llama-3-8B-Instruct
    "llama-3": (None, (
        "{% set loop_messages = messages %}{% for message in loop_messages %}"
        "{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ "
        "message['content'] | trim + '<|eot_id|>' %}"
        "{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}"
        "{% endfor %}{% if add_generation_prompt %}"
        "{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"), True),
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
