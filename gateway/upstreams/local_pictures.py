"""The embedded backend's pictures: drawn, edited and enlarged. All of it blocks, and belongs into a worker thread."""

from __future__ import annotations

from PIL import Image

from gateway.errors import BadRequest
from gateway.images import ImageFormat, Picture
from gateway.imaging import codec, drawing, editing
from gateway.imaging.editing import Plan
from gateway.imaging.editing.geometry import LARGEST_RESULT
from gateway.imaging.errors import PictureError
from gateway.imaging.masks import canonical
from gateway.imaging.upscaling import upscale
from gateway.upstreams.base import Made


class LocalPictures:
    """Stateless; a class, so that it can be handed on before its module is read."""

    def require_known_words(self, prompt: str) -> None:
        """Raises BadRequest when no word of `prompt` would decide what is drawn."""
        if not drawing.understands(prompt):
            raise BadRequest(f"No word of the prompt is known. {drawing.VOCABULARY_HELP}", param="prompt")

    def plan(self, prompt: str, *, sources: int, masked: bool, strict: bool) -> Plan:
        """What `prompt` asks for, as steps. Raises BadRequest when it is `strict` and cannot all be done."""
        plan = editing.parse(prompt).fitted(pictures=sources, masked=masked)
        if strict and not plan.is_complete:
            raise _impossible(plan)
        return plan

    def grown(self, plan: Plan) -> int:
        """Pixels that `plan` may need beyond those of its sources: a small picture may become a large one."""
        reshapes = any(step.operation.reshapes for step in plan.steps)
        return LARGEST_RESULT if reshapes else 0

    def drawn(self, prompt: str, seed: int, size: tuple[int, int], format: ImageFormat, index: int) -> Made:  # noqa: A002 - the field's word
        return Made(codec.encode(drawing.draw(prompt, seed=seed, index=index, size=size), format))

    def edited(
        self, plan: Plan, pictures: tuple[Picture, ...], mask: Picture | None, wanted: ImageFormat, index: int
    ) -> Made:
        """Decodes anew for every variation, so that nothing large waits outside of the memory budget."""
        images = [_decoded(picture) for picture in pictures]
        result = editing.apply(plan, images, _changeable(mask, images[0].size), variation=index)
        return Made(codec.encode(result, wanted, icc_profile=_profile(images[0], result)), plan.describe())

    def upscaled(self, picture: Picture, times: int, format: ImageFormat, _index: int) -> Made:  # noqa: A002 - the field's word
        result = upscale(_decoded(picture), times)  # nothing holds the source while the result grows
        return Made(codec.encode(result, format, icc_profile=_profile(result, result)))


def _decoded(picture: Picture) -> Image.Image:
    try:
        return codec.decode(picture)
    except PictureError as error:
        raise BadRequest.field("image", f"{error}.") from error


def _changeable(mask: Picture | None, size: tuple[int, int]) -> Image.Image | None:
    """Mode L, 255 where the picture may change."""
    if mask is None:
        return None
    try:
        return canonical(mask, size)
    except PictureError as error:
        raise BadRequest.field("mask", f"{error}.", required=False) from error


def _profile(source: Image.Image, result: Image.Image) -> bytes | None:
    """The colour profile of the source, where it is one for the result's kind of colour (bytes 16 to 19 say which)."""
    profile = source.info.get("icc_profile")
    kind = b"GRAY" if result.mode in {"L", "LA"} else b"RGB "
    return profile if isinstance(profile, bytes) and profile[16:20] == kind else None


def _impossible(plan: Plan) -> BadRequest:
    clauses = (*plan.unread, *(undone.clause for undone in plan.undone))
    unread = "; ".join(repr(clause) for clause in clauses)
    return BadRequest(f"The local renderer cannot do {unread}. {editing.VOCABULARY_HELP}", param="prompt")
