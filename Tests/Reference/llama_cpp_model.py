"""A model in llama.cpp through llama-cpp-python's low-level bindings, with every switch explicit."""

import ctypes

import llama_cpp
import numpy as np

F32, F16 = 0, 1  # GGML_TYPE_F32, GGML_TYPE_F16


class LlamaCpp:
    """One model and one context on the CPU.

    repack: `use_extra_bufts`, whether weights are copied into interleaved layouts at load, which is
    llama.cpp's default (`--no-repack` in its programs).
    cache: the type of keys and values. flash: flash attention; None lets llama.cpp decide.
    """

    def __init__(self, path, context=512, batch=512, threads=2, cache=F16, repack=True, flash=None):
        silence()
        parameters = llama_cpp.llama_model_default_params()
        parameters.n_gpu_layers = 0
        parameters.use_extra_bufts = repack
        self.model = llama_cpp.llama_model_load_from_file(str(path).encode(), parameters)
        if not self.model:
            raise SystemExit(f"llama.cpp cannot load {path}")
        self.vocab = llama_cpp.llama_model_get_vocab(self.model)
        self.vocab_count = llama_cpp.llama_vocab_n_tokens(self.vocab)
        parameters = llama_cpp.llama_context_default_params()
        parameters.n_ctx, parameters.n_batch, parameters.n_ubatch = context, batch, min(batch, 512)
        parameters.n_threads = parameters.n_threads_batch = threads
        parameters.type_k = parameters.type_v = cache
        if flash is not None:
            parameters.flash_attn_type = (llama_cpp.LLAMA_FLASH_ATTN_TYPE_ENABLED if flash
                                          else llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED)
        self.context = llama_cpp.llama_init_from_model(self.model, parameters)
        if not self.context:
            raise SystemExit(f"llama.cpp makes no context for {path}")
        self.batch = llama_cpp.llama_batch_init(batch, 0, 1)
        self.batch_count, self.position = batch, 0

    def evaluate(self, ids, logits="last"):
        """Appends ids; returns the logits [rows, vocabulary] of the last one or of all."""
        rows = []
        for start in range(0, len(ids), self.batch_count):
            part = ids[start:start + self.batch_count]
            batch = self.batch
            batch.n_tokens = len(part)
            for index, token in enumerate(part):
                batch.token[index] = int(token)
                batch.pos[index] = self.position + index
                batch.n_seq_id[index] = 1
                batch.seq_id[index][0] = 0
                last = start + index + 1 == len(ids)
                batch.logits[index] = logits == "all" or (logits == "last" and last)
            if llama_cpp.llama_decode(self.context, batch):
                raise SystemExit("llama_decode failed")
            self.position += len(part)
            for index in range(len(part)):
                if batch.logits[index]:
                    pointer = llama_cpp.llama_get_logits_ith(self.context, index)
                    rows.append(np.ctypeslib.as_array(pointer, (self.vocab_count,)).copy())
        return np.array(rows)

    def rewind(self, position=0):
        """Removes everything from `position` on."""
        memory = llama_cpp.llama_get_memory(self.context)
        if position:
            llama_cpp.llama_memory_seq_rm(memory, 0, position, -1)
        else:
            llama_cpp.llama_memory_clear(memory, True)
        self.position = position

    def greedy(self, ids, count):
        """The greedy continuation, decoded one by one, and the margin of each id over the second."""
        self.rewind()
        logits, found, margins = self.evaluate(ids)[-1], [], []
        while True:
            token = int(logits.argmax())
            second, first = np.partition(logits, -2)[-2:]
            found.append(token)
            margins.append(float(first - second))
            if len(found) == count:
                return found, margins
            logits = self.evaluate([token])[-1]

    def tokenize(self, text, special=False):
        text = text.encode()
        buffer = (llama_cpp.llama_token * (len(text) + 8))()
        count = llama_cpp.llama_tokenize(
            self.vocab, text, len(text), buffer, len(buffer), True, special)
        return list(buffer[:count])

    def text(self, ids):
        out = b""
        for token in ids:
            buffer = ctypes.create_string_buffer(256)
            count = llama_cpp.llama_token_to_piece(self.vocab, token, buffer, 256, 0, False)
            out += buffer.raw[:max(0, count)]
        return out.decode(errors="replace")

    def close(self):
        llama_cpp.llama_batch_free(self.batch)
        llama_cpp.llama_free(self.context)
        llama_cpp.llama_model_free(self.model)


def quantize(source, target, file_type, threads=2):
    """Writes `source` in another type by llama.cpp's recipe (LLAMA_FTYPE_*; 0 is F32)."""
    silence()
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype, parameters.nthread = file_type, threads
    parameters.allow_requantize = file_type == 0
    if llama_cpp.llama_model_quantize(str(source).encode(), str(target).encode(),
                                      ctypes.byref(parameters)):
        raise SystemExit(f"llama.cpp cannot quantise {source}")


def build():
    """The instructions and options of llama.cpp's build."""
    return llama_cpp.llama_print_system_info().decode().strip()


@llama_cpp.llama_log_callback
def _ignore(level, text, data):
    pass


def silence():
    llama_cpp.llama_log_set(_ignore, ctypes.c_void_p(0))
