"""The dictionary of the grammar: which phrase has which meanings, the vocabulary's own phrases among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from gateway.imaging.editing.colour_names import COLOURS
from gateway.imaging.editing.meanings import Joint, Sense
from gateway.imaging.editing.operation import Operation
from gateway.imaging.editing.spoken_words import SPOKEN, STOPS
from gateway.imaging.editing.vocabulary import VOCABULARY

_ADJECTIVES = frozenset(
    {
        "bright",
        "dark",
        "dim",
        "warm",
        "cool",
        "cold",
        "vivid",
        "vibrant",
        "colourful",
        "saturated",
        "muted",
        "faded",
        "matte",
        "punchy",
        "sharp",
        "crisp",
        "blurry",
        "blurred",
        "dreamy",
        "glowing",
        "sunny",
        "cloudy",
        "noisy",
        "grainy",
    }
)
_IMPERATIVES = frozenset(
    {
        "brighten",
        "lighten",
        "darken",
        "saturate",
        "desaturate",
        "sharpen",
        "denoise",
        "crop",
        "trim",
        "rotate",
        "flip",
        "mirror",
        "invert",
        "posterise",
        "pixelate",
        "pixelise",
        "resize",
        "enlarge",
        "shrink",
        "zoom",
        "write",
        "emboss",
    }
)

_VERBS_OR_NOUNS = frozenset({"blur", "tint", "frame"})
_QUANTITIES = frozenset(
    {"brightness", "exposure", "contrast", "saturation", "vibrance", "warmth", "temperature", "colour temperature"}
    | {"sharpness", "clarity", "darkness"}
)


@dataclass(frozen=True, slots=True)
class Call:
    """A word that calls an operation (1) or its opposite (-1)."""

    operation: Operation
    sign: int
    word: str

    @property
    def is_adjective(self) -> bool:
        """A word like "bright" may describe anything; it calls only when it is said of the picture."""
        return self.word in _ADJECTIVES

    @property
    def is_imperative(self) -> bool:
        """A word like "crop" is a request by itself, although it is no verb of the grammar."""
        return self.word in _IMPERATIVES

    @property
    def is_verb_or_noun(self) -> bool:
        return self.word in _VERBS_OR_NOUNS

    @property
    def is_quantity(self) -> bool:
        """A word like "contrast" names what there can be more or less of, and shares that with its neighbours."""
        return self.word in _QUANTITIES

    @property
    def is_directed(self) -> bool:
        """The word says the direction itself, so "up" and "down" beside it say nothing."""
        return self.is_adjective or self.is_imperative


Meaning: TypeAlias = Sense | Call


def _entries() -> dict[tuple[str, ...], tuple[Meaning | Joint, ...]]:
    """The vocabulary comes last, because its phrases are the point: "golden" is a colour, "golden light" a sunset."""
    entries: dict[tuple[str, ...], tuple[Meaning | Joint, ...]] = {}
    entries |= {tuple(name.split()): (colour,) for name, colour in COLOURS.items()}
    entries |= {phrase: entry for entry, phrases in SPOKEN.items() for phrase in _split(phrases)}
    entries |= {(stop,): (joint,) for joint, stops in STOPS.items() for stop in stops}
    for operation in VOCABULARY:
        for sign, phrases in ((1, operation.words), (-1, operation.less)):
            entries |= {tuple(phrase.split()): (Call(operation, sign, phrase),) for phrase in phrases}
        for phrase, details in operation.presets:
            entries[tuple(phrase.split())] = (Call(operation, 1, phrase), *details)
    return entries


def _split(phrases: str) -> Iterator[tuple[str, ...]]:
    for phrase in phrases.split(", "):
        yield tuple(phrase.split())


LEXICON = MappingProxyType(_entries())
LONGEST_PHRASE = max(map(len, LEXICON))
"""Words."""
