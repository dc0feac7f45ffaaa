"""Drawings of coloured shapes with captions, and a small tokenizer, for the small CLIP.

A scene is one to three shapes of one colour at a place on a background. A pair of colour and shape
whose number is divisible by five is held out of training.
"""

import collections
import math
import re

import numpy as np
from PIL import Image, ImageDraw

from clip_reference import MEAN, STD

SIDE = 64
DRAWN = 128
COLOURS = {"red": (214, 39, 40), "green": (44, 160, 44), "blue": (31, 90, 200),
           "yellow": (240, 210, 30), "orange": (255, 127, 14), "purple": (130, 60, 170),
           "pink": (240, 130, 190), "brown": (120, 70, 40)}
SHAPES = ["circle", "square", "triangle", "star", "cross", "ring", "diamond"]
PLACES = {"on the left": (0.25, 0.5), "on the right": (0.75, 0.5), "at the top": (0.5, 0.25),
          "at the bottom": (0.5, 0.75), "in the middle": (0.5, 0.5)}
BACKGROUNDS = {"white": (245, 245, 245), "black": (20, 20, 20), "grey": (128, 128, 128)}
COUNTS = ["a", "two", "three"]

Scene = collections.namedtuple("Scene", "count colour shape place background")


def is_held_out(colour, shape):
    return (list(COLOURS).index(colour) * len(SHAPES) + SHAPES.index(shape)) % 5 == 3


def random_scene(rng, held_out):
    """A scene with a pair that is held out, or not, or (None) any."""
    while True:
        scene = Scene(rng.randrange(1, 4), rng.choice(list(COLOURS)), rng.choice(SHAPES),
                      rng.choice(list(PLACES)), rng.choice(list(BACKGROUNDS)))
        if held_out is None or is_held_out(scene.colour, scene.shape) == held_out:
            return scene


def polygon(shape, x, y, r):
    if shape == "star":
        return [(x + (r if i % 2 == 0 else r * 0.42) * math.sin(i * math.pi / 5),
                 y - (r if i % 2 == 0 else r * 0.42) * math.cos(i * math.pi / 5)) for i in range(10)]
    if shape == "triangle":
        return [(x, y - r), (x + r * 0.9, y + r * 0.75), (x - r * 0.9, y + r * 0.75)]
    if shape == "diamond":
        return [(x, y - r), (x + r * 0.65, y), (x, y + r), (x - r * 0.65, y)]
    w = r * 0.32
    return [(x - w, y - r), (x + w, y - r), (x + w, y - w), (x + r, y - w), (x + r, y + w),
            (x + w, y + w), (x + w, y + r), (x - w, y + r), (x - w, y + w), (x - r, y + w),
            (x - r, y - w), (x - w, y - w)]


def draw(scene, rng):
    """The drawing, RGB, 128 pixels a side."""
    noise = [rng.randrange(-12, 13) for _ in range(3)]
    back = tuple(max(0, min(255, c + noise[0])) for c in BACKGROUNDS[scene.background])
    colour = tuple(max(0, min(255, c + rng.randrange(-14, 15))) for c in COLOURS[scene.colour])
    picture = Image.new("RGB", (DRAWN, DRAWN), back)
    canvas = ImageDraw.Draw(picture)
    cx, cy = PLACES[scene.place]
    r = rng.uniform(0.15, 0.2) * DRAWN if scene.count == 1 else rng.uniform(0.085, 0.11) * DRAWN
    offsets = {1: [(0, 0)], 2: [(-1.1, 0.1), (1.1, -0.1)], 3: [(-1.1, 0.9), (1.1, 0.9), (0, -1.1)]}
    for dx, dy in offsets[scene.count]:
        x = cx * DRAWN + dx * r + rng.uniform(-3, 3)
        y = cy * DRAWN + dy * r + rng.uniform(-3, 3)
        if scene.shape == "circle":
            canvas.ellipse((x - r, y - r, x + r, y + r), fill=colour)
        elif scene.shape == "ring":
            canvas.ellipse((x - r, y - r, x + r, y + r), outline=colour, width=int(r * 0.38))
        elif scene.shape == "square":
            canvas.rectangle((x - r * 0.85, y - r * 0.85, x + r * 0.85, y + r * 0.85), fill=colour)
        else:
            canvas.polygon(polygon(scene.shape, x, y, r), fill=colour)
    return picture


def prepared(picture):
    """CLIP's preparation of a square picture: bicubic resize, normalisation, [3, side, side]."""
    small = np.asarray(picture.resize((SIDE, SIDE), Image.BICUBIC), dtype=np.float32) / 255
    return ((small - np.float32(MEAN)) / np.float32(STD)).transpose(2, 0, 1)


def noun(scene):
    return f"{scene.shape}{'' if scene.count == 1 else 'es' if scene.shape == 'cross' else 's'}"


def caption(scene, rng):
    """A caption and the facts that it states: all of the scene, or some."""
    facts = {}
    words = [COUNTS[scene.count - 1]]
    if rng.random() < 0.85 or scene.count > 1:
        facts["count"] = scene.count
    if rng.random() < 0.85:
        facts["colour"] = scene.colour
        words.append(scene.colour)
    if rng.random() < 0.85:
        facts["shape"] = scene.shape
        words.append(noun(scene))
    else:
        words.append("thing" if scene.count == 1 else "things")
    if words[0] == "a" and words[1][0] in "aeiou":
        words[0] = "an"
    facts["count"] = scene.count
    if rng.random() < 0.4:
        facts["place"] = scene.place
        words.append(scene.place)
    if rng.random() < 0.25:
        facts["background"] = scene.background
        words.append(f"on a {scene.background} background")
    text = " ".join(words)
    return rng.choice(["{}", "a photo of {}.", "a drawing of {}", "this is {}.", "{} in a picture",
                       "a picture of {}"]).format(text), facts


def is_true(facts, scene):
    """Whether a scene has all the facts."""
    return all(getattr(scene, name) == value for name, value in facts.items())


class Tokenizer:
    """CLIP's byte-pair encoding with a small vocabulary, for ASCII in lower case."""

    WORDS = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[a-z]+|[0-9]|[^\sa-z0-9]+")

    def __init__(self, merges):
        self.merges = merges
        printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
        characters = [chr(b) for b in printable] + [chr(0x100 + i) for i in range(256 - len(printable))]
        self.pieces = characters + [c + "</w>" for c in characters] + ["".join(m) for m in merges]
        self.pieces += ["<|startoftext|>", "<|endoftext|>"]
        self.ids = {piece: i for i, piece in enumerate(self.pieces)}
        self.ranks = {merge: i for i, merge in enumerate(merges)}
        self.cache = {}

    @staticmethod
    def symbols(word):
        return (*word[:-1], word[-1] + "</w>")

    @classmethod
    def train(cls, texts, merge_count):
        words = collections.Counter(word for text in texts for word in cls.WORDS.findall(text.lower()))
        split = {word: list(cls.symbols(word)) for word in words}
        merges = []
        for _ in range(merge_count):
            pairs = collections.Counter()
            for word, count in words.items():
                for pair in zip(split[word], split[word][1:]):
                    pairs[pair] += count
            if not pairs:
                break
            best = min(pairs, key=lambda pair: (-pairs[pair], pair))
            merges.append(best)
            for word in words:
                split[word] = cls.merged(split[word], best)
        return cls(merges)

    @staticmethod
    def merged(symbols, pair):
        result, i = [], 0
        while i < len(symbols):
            if i + 1 < len(symbols) and (symbols[i], symbols[i + 1]) == pair:
                result.append(symbols[i] + symbols[i + 1])
                i += 2
            else:
                result.append(symbols[i])
                i += 1
        return result

    def word_ids(self, word):
        if word not in self.cache:
            symbols = list(self.symbols(word))
            while len(symbols) > 1:
                pair = min(zip(symbols, symbols[1:]), key=lambda p: self.ranks.get(p, 1 << 30))
                if pair not in self.ranks:
                    break
                symbols = self.merged(symbols, pair)
            self.cache[word] = [self.ids[s] for s in symbols]
        return self.cache[word]

    def encode(self, text, limit):
        ids = [i for word in self.WORDS.findall(text.lower()) for i in self.word_ids(word)]
        return [self.ids["<|startoftext|>"], *ids[:limit - 2], self.ids["<|endoftext|>"]]
