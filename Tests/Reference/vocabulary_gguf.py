"""Writes GGUF files that hold a vocabulary and no tensors, for llama.cpp and for ours to read."""

import gguf
from sentencepiece import sentencepiece_model_pb2


def write(path, model, tokens, types, scores=None, merges=None, pre=None, name="vocabulary",
          architecture="llama", bos=1, eos=2, unknown=0, chat_template=None):
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name(name)
    # llama.cpp requires the shape of a model even when it loads only the vocabulary.
    writer.add_context_length(4096)
    writer.add_embedding_length(64)
    writer.add_block_count(1)
    writer.add_feed_forward_length(64)
    writer.add_head_count(1)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(64)
    writer.add_tokenizer_model(model)
    if pre:
        writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    if scores is not None:
        writer.add_token_scores(scores)
    writer.add_token_types(types)
    if merges is not None:
        writer.add_token_merges(merges)
    writer.add_bos_token_id(bos)
    writer.add_eos_token_id(eos)
    if unknown is not None:
        writer.add_unk_token_id(unknown)
    if chat_template:
        writer.add_chat_template(chat_template)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


def from_sentencepiece(path, model_file, added=(), **options):
    """`added` are tokens after the model's own, user-defined as converters write them."""
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model_file.read_bytes())
    pieces = [(piece.piece, piece.score, piece.type) for piece in proto.pieces]
    pieces += [(text, -1000.0, 4) for text in added]
    tokens, scores, types = zip(*pieces)
    write(path, "llama", list(tokens), list(types), scores=list(scores), **options)


def from_gguf(path, source, **options):
    """A copy of a byte-level vocabulary with other options."""
    fields = gguf.GGUFReader(source).fields
    value = {key: fields[f"tokenizer.ggml.{key}"].contents()
             for key in ("tokens", "token_type", "merges", "bos_token_id", "eos_token_id")}
    write(path, "gpt2", value["tokens"], value["token_type"], merges=value["merges"],
          bos=value["bos_token_id"], eos=value["eos_token_id"], unknown=None, **options)
