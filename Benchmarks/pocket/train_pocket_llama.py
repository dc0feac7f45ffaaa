#!/usr/bin/env python3
"""Trains the pocket Llama: a Llama of 2.9 million weights that answers from passages and cites them.

    .venv/bin/python Benchmarks/pocket/train_pocket_llama.py --work /tmp/pocket [--steps 1500]
    .venv/bin/python Benchmarks/pocket/train_pocket_llama.py --work /tmp/pocket --export pocket

It uses one thread and a seed; an interrupted run continues from its last checkpoint in --work. The
tokenizer is a SentencePiece BPE of 1,536 pieces, trained on the same generated text
(pocket_data.py). --export writes pocket-f32.gguf and, by llama.cpp's quantiser, pocket-Q4_K_M.gguf,
after measuring exact answers and citations on held-out names in torch.

Matrices are trained with Muon (Jordan et al., 2024: momentum orthogonalised by a Newton-Schulz
iteration), the rest with Adam. Everything depends on copying, which a small model learns late (an
earlier attempt, with random heads and other rates, had not learned it after 1,300 steps). Therefore
two heads start as an induction circuit, and the first steps mix in repeating sequences of random
tokens.
"""

import argparse
import json
import math
import pathlib
import random
import time

import numpy as np
import sentencepiece
import torch
import torch.nn.functional as F

import pocket_data

WIDTH, LAYERS, HEADS, KV_HEADS, FFN, VOCAB, CONTEXT = 256, 4, 4, 2, 512, 1536, 2048
HEAD_DIM = WIDTH // HEADS
EPSILON, ROPE_BASE = 1e-5, 1e6
BOS, EOS = 1, 2


# The model, with llama.cpp's names and its order of RoPE pairs (2i, 2i + 1).

def rms_norm(x, weight):
    return F.rms_norm(x.float(), (WIDTH,), weight, EPSILON)


def rotary(positions):
    inverse = ROPE_BASE ** (-torch.arange(0, HEAD_DIM, 2).float() / HEAD_DIM)
    angles = positions[:, None].float() * inverse
    return angles.cos(), angles.sin()


def rotate(x, tables):
    cos, sin = (t.to(x.dtype) for t in tables)
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1).flatten(-2)


class Pocket(torch.nn.Module):
    def __init__(self):
        super().__init__()
        shapes = {"attn_q": (WIDTH, WIDTH), "attn_k": (KV_HEADS * HEAD_DIM, WIDTH),
                  "attn_v": (KV_HEADS * HEAD_DIM, WIDTH), "attn_output": (WIDTH, WIDTH),
                  "ffn_gate": (FFN, WIDTH), "ffn_up": (FFN, WIDTH), "ffn_down": (WIDTH, FFN)}
        self.tensors = torch.nn.ParameterDict()

        def add(name, value):
            self.tensors[name.replace(".", "/")] = torch.nn.Parameter(value)
        add("token_embd.weight", torch.randn(VOCAB, WIDTH) * 0.5)
        for layer in range(LAYERS):
            add(f"blk.{layer}.attn_norm.weight", torch.ones(WIDTH))
            add(f"blk.{layer}.ffn_norm.weight", torch.ones(WIDTH))
            for name, (rows, columns) in shapes.items():
                gain = 0.2 if name in ("attn_output", "ffn_down") else 1
                add(f"blk.{layer}.{name}.weight",
                    torch.randn(rows, columns) * gain / math.sqrt(columns))
        add("output_norm.weight", torch.ones(WIDTH))
        add("output.weight", torch.randn(VOCAB, WIDTH) * 0.02)

    def named(self):
        return {name.replace("/", "."): tensor for name, tensor in self.tensors.items()}

    def forward(self, ids, past=None):
        """Hidden states [batch, tokens, WIDTH] and keys and values of each layer.

        `past` holds those of a prefix that all sequences share: [1, heads, tokens, HEAD_DIM]."""
        w = self.named()
        batch, count = ids.shape
        before = past[0][0].shape[2] if past else 0
        tables = rotary(torch.arange(before, before + count))
        mask = None
        if before:
            mask = torch.ones(count, before + count, dtype=torch.bool).tril(before)
        x, kept = w["token_embd.weight"][ids], []
        for layer in range(LAYERS):
            def linear(name, y):
                return F.linear(y, w[f"blk.{layer}.{name}.weight"])

            def heads(y, n):
                return y.view(batch, count, n, HEAD_DIM).transpose(1, 2)
            y = rms_norm(x, w[f"blk.{layer}.attn_norm.weight"])
            q = rotate(heads(linear("attn_q", y), HEADS), tables)
            k = rotate(heads(linear("attn_k", y), KV_HEADS), tables)
            v = heads(linear("attn_v", y), KV_HEADS)
            kept.append((k, v))
            if past:
                k, v = (torch.cat((p.expand(batch, -1, -1, -1), new), dim=2)
                        for p, new in zip(past[layer], (k, v)))
            k, v = (t.repeat_interleave(HEADS // KV_HEADS, dim=1) for t in (k, v))
            y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=not before)
            x = x + linear("attn_output", y.transpose(1, 2).reshape(batch, count, WIDTH))
            y = rms_norm(x, w[f"blk.{layer}.ffn_norm.weight"])
            x = x + linear("ffn_down", F.silu(linear("ffn_gate", y)) * linear("ffn_up", y))
        return rms_norm(x, w["output_norm.weight"]), kept

    def logits(self, hidden):
        return F.linear(hidden, self.named()["output.weight"])


@torch.no_grad()
def teach_copying(model):
    """Initialises two heads as an induction circuit (Olsson et al., 2022), which training finds late.

    Every embedding gets a constant in column 0. Through RoPE's angles, head 0 of layer 0 turns it
    into queries that match keys one position earlier, and head 1 two positions earlier. They copy
    the tokens from there into separate directions. Head 0 of layer 1 finds a position that follows
    an earlier occurrence of the current token, using the pairs that RoPE hardly rotates, and adds
    the token at that position to the residual stream. The output matrix starts as the embedding.
    All of this is trained further.
    """
    w = model.named()
    embedding = w["token_embd.weight"]
    embedding[:, 0] = 2.0
    # Column 0 after the first normalisation: 2 / rms of a row.
    constant = 2.0 / math.sqrt(0.25 + 4.0 / WIDTH)
    angles = ROPE_BASE ** (-torch.arange(0, HEAD_DIM, 2).float() / HEAD_DIM)

    def directions(seed):
        generator = torch.Generator().manual_seed(seed)
        rows = torch.linalg.qr(torch.randn(WIDTH, HEAD_DIM, generator=generator)).Q.T.contiguous()
        rows[:, 0] = 0
        return rows * math.sqrt(WIDTH / HEAD_DIM) / 2
    content, back_one, back_two, copied = (directions(seed) for seed in (1, 2, 3, 4))
    strength = 7.5 / constant
    key = torch.zeros(HEAD_DIM, WIDTH)
    key[0::2, 0] = strength
    w["blk.0.attn_k.weight"][:HEAD_DIM] = key
    for head, written in enumerate((back_one, back_two)):
        query = torch.zeros(HEAD_DIM, WIDTH)
        query[0::2, 0] = strength * torch.cos(angles * (head + 1))
        query[1::2, 0] = -strength * torch.sin(angles * (head + 1))
        w["blk.0.attn_q.weight"][head * HEAD_DIM:(head + 1) * HEAD_DIM] = query
        w["blk.0.attn_output.weight"][:, head * HEAD_DIM:(head + 1) * HEAD_DIM] = 0.5 * written.T
    w["blk.0.attn_v.weight"][:HEAD_DIM] = content
    half = HEAD_DIM // 2
    for name, found in (("attn_q", content), ("attn_k", back_one)):
        rows = torch.zeros(HEAD_DIM, WIDTH)
        rows[half:] = 2.0 * found[:half]
        w[f"blk.1.{name}.weight"][:HEAD_DIM] = rows
    w["blk.1.attn_v.weight"][:HEAD_DIM] = copied
    w["blk.1.attn_output.weight"][:, :HEAD_DIM] = copied.T
    w["output.weight"].copy_(0.15 * embedding)
    w["output.weight"][:, 0] = 0


class Muon:
    """Momentum, orthogonalised; the constants are those of the method's author."""

    def __init__(self, matrices, momentum=0.95):
        self.matrices, self.momentum = matrices, momentum
        self.buffers = [torch.zeros_like(m) for m in matrices]

    @torch.no_grad()
    def step(self, rate):
        for matrix, buffer in zip(self.matrices, self.buffers):
            buffer.mul_(self.momentum).add_(matrix.grad)
            update = matrix.grad + self.momentum * buffer
            wide = update.T if update.shape[0] > update.shape[1] else update
            x = wide / (wide.norm() + 1e-7)
            for _ in range(5):
                a = x @ x.T
                x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
            update = x.T if update.shape[0] > update.shape[1] else x
            scale = max(1, matrix.shape[0] / matrix.shape[1]) ** 0.5
            matrix.mul_(1 - 0.01 * rate).add_(update, alpha=-rate * scale)


# Data

def train_tokenizer(work):
    path = work / "pocket.model"
    if not path.exists():
        def sentences():
            rng = random.Random(10)
            for index in range(6000):
                passages, question, answer = pocket_data.example(rng)
                if index % 10 == 0:
                    yield pocket_data.INSTRUCTION
                    yield "[INST] Question: [/INST]"
                for number, (label, text) in enumerate(passages, 1):
                    yield f"<passage {number}: {label}>"
                    yield f"</passage {number}>"
                    yield from text.split("\n")
                yield f"Question: {question} [/INST]"
                yield answer
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=sentences(), model_prefix=str(work / "pocket"), vocab_size=VOCAB,
            model_type="bpe", byte_fallback=True, normalization_rule_name="identity",
            remove_extra_whitespaces=False, split_digits=True, character_coverage=1.0,
            required_chars="".join(map(chr, range(33, 127))), num_threads=1, minloglevel=2)
    return sentencepiece.SentencePieceProcessor(model_file=str(path))


def encode(tokenizer, passages, question, answer):
    """Ids of the prompt, BOS included, and of the answer, EOS included."""
    prompt = pocket_data.prompt_text(passages, question)
    ids = [BOS] + tokenizer.encode(prompt)
    whole = [BOS] + tokenizer.encode(prompt + " " + answer)
    assert whole[:len(ids)] == ids, "the answer changes the prompt's tokens"
    return ids, whole[len(ids):] + [EOS]


class Batches:
    def __init__(self, tokenizer, seed, token_count):
        self.tokenizer, self.token_count = tokenizer, token_count
        self.rng = random.Random(seed)
        rows = [encode(tokenizer, *pocket_data.example(random.Random(n)))[0] for n in range(8)]
        self.prefix = []
        for column in zip(*rows):
            if len(set(column)) > 1:
                break
            self.prefix.append(column[0])
        self.pool = []

    def next(self, hardness):
        """Ids after the prefix and the weight of each position's loss, [rows, longest]."""
        if not self.pool:
            rows = []
            for _ in range(192):
                prompt, answer = encode(
                    self.tokenizer, *pocket_data.example(self.rng, hardness=hardness))
                prompt = prompt[len(self.prefix):]
                rows.append((prompt + answer, [0.05] * len(prompt) + [1.0] * len(answer)))
            rows.sort(key=lambda row: len(row[0]))
            while rows:
                longest, batch = len(rows[-1][0]), []
                while rows and (len(batch) + 1) * longest <= self.token_count:
                    batch.append(rows.pop())
                self.pool.append(batch or [rows.pop()])
            self.rng.shuffle(self.pool)
        batch = self.pool.pop()
        longest = max(len(ids) for ids, _ in batch)
        ids = torch.tensor([i + [EOS] * (longest - len(i)) for i, _ in batch])
        weights = torch.tensor([w + [0.0] * (longest - len(w)) for _, w in batch])
        return ids, weights

    def repeats(self):
        """A few random tokens, again and again: from the second time on they can be known."""
        period, length = self.rng.randint(4, 40), 128
        rows = self.token_count // length // 2
        ids = torch.tensor([(
            [self.rng.randrange(300, VOCAB) for _ in range(period)] * length)[:length]
            for _ in range(rows)])
        weights = torch.zeros(rows, length)
        weights[:, period + 1:] = 0.5
        return ids, weights


def loss_of(model, ids, weights, prefix=None):
    past, hidden_before = None, None
    if prefix:
        hidden_before, past = model(torch.tensor([prefix]))
    hidden, _ = model(ids, past)
    if hidden_before is not None:
        first = hidden_before[:, -1:].expand(ids.shape[0], -1, -1)
        hidden, targets = torch.cat((first, hidden[:, :-1]), dim=1), ids
    else:
        hidden, targets, weights = hidden[:, :-1], ids[:, 1:], weights[:, 1:]
    chosen = weights > 0
    losses = F.cross_entropy(model.logits(hidden[chosen]).float(), targets[chosen],
                             reduction="none")
    weights = weights[chosen]
    answer = losses[weights == 1]
    return (losses * weights).sum() / weights.sum(), answer.mean().item() if len(answer) else None


def train(options, tokenizer):
    torch.manual_seed(options.seed)
    model = Pocket()
    teach_copying(model)
    named = model.named()
    matrices = [t for n, t in named.items() if n.startswith("blk.") and t.dim() == 2]
    others = [t for n, t in named.items() if not (n.startswith("blk.") and t.dim() == 2)]
    muon, adam = Muon(matrices), torch.optim.AdamW(others, lr=0, betas=(0.9, 0.98), weight_decay=0)
    batches, first = Batches(tokenizer, options.seed, options.tokens), 0
    checkpoint = options.work / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=False)
        model.load_state_dict(state["model"])
        adam.load_state_dict(state["adam"])
        muon.buffers, first = state["muon"], state["step"]
        batches.rng.setstate(state["rng"])
        print(f"goes on from step {first}", flush=True)
    print(f"{sum(t.numel() for t in named.values())} weights, prefix of {len(batches.prefix)} tokens",
          flush=True)
    start, mean, copies = time.time(), None, None
    for step in range(first, options.steps):
        part = step / options.steps
        rate = min(1, (step + 1) / 40) * min(1, (1 - part) / 0.5)
        copying = step < options.warmup and step % 2 == 0
        with torch.autocast("cpu", torch.bfloat16, enabled=options.bf16):
            if copying:
                loss, _ = loss_of(model, *batches.repeats())
                copies = loss.item()
            else:
                ids, weights = batches.next(0.0 if part < options.easy else 1.0)
                loss, answer = loss_of(model, ids, weights, batches.prefix)
                mean = answer if mean is None else 0.95 * mean + 0.05 * answer
        adam.zero_grad(set_to_none=True)
        for matrix in matrices:
            matrix.grad = None
        loss.backward()
        for group in adam.param_groups:
            group["lr"] = 3e-3 * rate
        torch.nn.utils.clip_grad_norm_(others, 1.0)
        adam.step()
        muon.step(0.01 * rate)
        if step % 20 == 0:
            print(f"step {step} loss {loss.item():.3f} answer {mean or 0:.3f} copy {copies or 0:.3f} "
                  f"{(time.time() - start) / (step - first + 1):.2f} s/step", flush=True)
        if step % 100 == 99 or step + 1 == options.steps:
            torch.save({"model": model.state_dict(), "adam": adam.state_dict(),
                        "muon": muon.buffers, "step": step + 1, "rng": batches.rng.getstate()},
                       checkpoint)
    return model


# Measuring and writing

@torch.no_grad()
def answer(model, tokenizer, prompt, limit=48):
    hidden, past = model(torch.tensor([prompt]))
    ids = []
    while len(ids) < limit:
        token = int(model.logits(hidden[:, -1]).argmax())
        if token == EOS:
            break
        ids.append(token)
        hidden, new = model(torch.tensor([[token]]), past)
        past = [tuple(torch.cat(pair, dim=2) for pair in zip(old, more))
                for old, more in zip(past, new)]
    return tokenizer.decode(ids).strip()


def measure(model, tokenizer, count, held_out=True, show=0):
    rng = random.Random(20_000)
    totals = {"answers": 0, "exact": 0, "citation": 0, "value": 0, "refusals": 0, "refused": 0,
              "falselyRefused": 0}
    for index in range(count):
        passages, question, expected = pocket_data.example(rng, held_out=held_out)
        found = answer(model, tokenizer, encode(tokenizer, passages, question, expected)[0])
        if index < show:
            print(f"  {question}\n    expected {expected}\n    found    {found}", flush=True)
        if expected == pocket_data.REFUSAL:
            totals["refusals"] += 1
            totals["refused"] += found == expected
            continue
        totals["answers"] += 1
        totals["exact"] += found == expected
        totals["citation"] += found[found.rfind("["):] == expected[expected.rfind("["):]
        totals["value"] += found[:found.rfind("[")] == expected[:expected.rfind("[")]
        totals["falselyRefused"] += found == pocket_data.REFUSAL
    return totals


def write_gguf(model, tokenizer, path):
    import gguf
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_name("swiftrag pocket llama")
    writer.add_license("apache-2.0")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FFN)
    writer.add_rope_dimension_count(HEAD_DIM)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_layer_norm_rms_eps(EPSILON)
    writer.add_vocab_size(VOCAB)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("llama")
    pieces = [tokenizer.id_to_piece(i) for i in range(VOCAB)]
    types = [2 if tokenizer.is_unknown(i) else 3 if tokenizer.is_control(i)
             else 6 if tokenizer.is_byte(i) else 1 for i in range(VOCAB)]
    writer.add_token_list(pieces)
    writer.add_token_scores([tokenizer.get_score(i) for i in range(VOCAB)])
    writer.add_token_types(types)
    writer.add_bos_token_id(BOS)
    writer.add_eos_token_id(EOS)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    writer.add_chat_template(
        "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}"
        "{{ '[INST] ' + message['content'] + ' [/INST]' }}"
        "{% else %}{{ message['content'] + eos_token}}{% endif %}{% endfor %}")
    for name, tensor in model.named().items():
        writer.add_tensor(name, np.ascontiguousarray(tensor.detach().float().numpy()))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def export(options, tokenizer):
    import sys
    sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "Tests/Reference"))
    from llama_cpp_model import quantize
    model = Pocket()
    state = torch.load(options.work / "checkpoint.pt", weights_only=False)
    model.load_state_dict(state["model"])
    totals = measure(model, tokenizer, options.examples, show=8)
    print(json.dumps({"step": state["step"], **totals}))
    options.export.mkdir(parents=True, exist_ok=True)
    full, small = options.work / "pocket-f32.gguf", options.export / "pocket-Q4_K_M.gguf"
    write_gguf(model, tokenizer, full)
    quantize(full, small, file_type=15, threads=1)  # LLAMA_FTYPE_MOSTLY_Q4_K_M
    print(f"{full}: {full.stat().st_size} bytes; {small}: {small.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--tokens", type=int, default=3072, help="a batch's tokens, prefix aside")
    parser.add_argument("--warmup", type=int, default=160, help="steps that mix in repeats")
    parser.add_argument("--easy", type=float, default=0.25, help="part of the steps with short prompts")
    parser.add_argument("--bf16", action="store_true", help="compute in bfloat16 (AVX512_BF16)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", type=int, default=300, help="held-out examples to measure")
    parser.add_argument("--export", type=pathlib.Path, help="measure and write the GGUF files here")
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.work.mkdir(parents=True, exist_ok=True)
    tokenizer = train_tokenizer(options.work)
    if options.export:
        export(options, tokenizer)
    else:
        train(options, tokenizer)


if __name__ == "__main__":
    main()
