"""Sizes, seeds and texts of a request, as ComfyUI wants them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from gateway.clock import RandomBytes
from gateway.errors import BadRequest
from gateway.images import LONGEST_PROMPT

LARGEST_SEED = 2**64 - 1
EXTRAS = frozenset({"seed", "negative_prompt"})
"""What clients may set besides the published fields, where the workflow has a place for it."""

_GRID = 8
"""Pixels; a latent has one cell for so many of a side."""
_RANDOM_BYTES = 6  # JavaScript, and with it the ComfyUI editor, counts exactly to 2**53


def seed_of(extras: Mapping[str, object]) -> int | None:
    """None where the client asks for none, or with -1 for any.

    Raises:
        BadRequest: it is no seed.
    """
    sent = extras.get("seed")
    if isinstance(sent, str) and re.fullmatch(r"-1|[0-9]{1,20}", sent):
        sent = int(sent)  # forms and queries hold text
    if sent is None or (sent == -1 and not isinstance(sent, bool)):
        return None
    if isinstance(sent, bool) or not isinstance(sent, int) or not 0 <= sent <= LARGEST_SEED:
        raise BadRequest.field("seed", f"Accepted: an integer from 0 to {LARGEST_SEED}, or -1.", required=False)
    return sent


def random_seed(random_bytes: RandomBytes) -> int:
    return int.from_bytes(random_bytes(_RANDOM_BYTES))


def negative_prompt_of(extras: Mapping[str, object]) -> str | None:
    """Raises like `seed_of`."""
    sent = extras.get("negative_prompt")
    if sent is None:
        return None
    if not isinstance(sent, str) or len(sent) > LONGEST_PROMPT:
        raise BadRequest.field("negative_prompt", f"Accepted: {LONGEST_PROMPT} characters at most.", required=False)
    return sent


def fitted_size(width: int, height: int, pixels: int) -> tuple[int, int]:
    """The size of that shape with about so many pixels: diffusion models work well only near their own."""
    scale = math.sqrt(pixels / (width * height))
    return _on_grid(width * scale), _on_grid(height * scale)


def _on_grid(side: float) -> int:
    return max(2 * _GRID, round(side / _GRID) * _GRID)
