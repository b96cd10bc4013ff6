"""A plan carried out on pixels: step by step, inside the mask, transparency kept. Blocks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PIL import Image

from gateway.imaging.editing.curves import bend
from gateway.imaging.editing.grade import grade
from gateway.imaging.editing.horizon import Scene
from gateway.imaging.editing.modes import canonical, on_colours
from gateway.imaging.editing.operation import Takes, Touch
from gateway.imaging.editing.plan import Plan, Step
from gateway.imaging.editing.regions import area


def apply(
    plan: Plan,
    images: Sequence[Image.Image],
    mask: Image.Image | None,
    *,
    variation: int = 0,
) -> Image.Image:
    """The first of the images, edited: RGB, or RGBA where it has transparency or gets some.

    `mask` has the size of the first image, mode L, 255 where it may change; where it is 0 the pixels stay bit for
    bit, and in between the edit shows in part. Operations that change the shape are left out under a mask, see
    `Plan.fitted`. Every `variation` from 0 up gives another picture, and the same one each time.
    """
    plan = plan.fitted(pictures=len(images), masked=mask is not None)
    source, *others = map(canonical, images)
    result, scene = source, Scene(source)
    for step in plan.steps:
        result = _done(step, result, Touch(step.details, variation, tuple(others), scene), scene)
        scene = Scene(result) if step.operation.reshapes else scene
    if plan.grades:
        result = on_colours(result, partial(grade, seed=plan.seed, variation=variation))
    if variation and plan.steps and all(step.operation.exact for step in plan.steps):
        result = on_colours(result, partial(_exposed, touch=Touch(variation=variation)))
    return result if mask is None else Image.composite(result, source, mask)


def _done(step: Step, image: Image.Image, touch: Touch, scene: Scene) -> Image.Image:
    operation = step.operation
    touch = touch.steady() if operation.exact else touch
    if operation.reshapes:
        return operation.paint(image, touch)
    painted = on_colours(image, lambda colours: operation.paint(colours, touch))
    if not touch.details.places or Takes.AREA not in operation.takes:
        return painted
    return Image.composite(painted, image, area(touch.details.places, scene))


def _exposed(image: Image.Image, touch: Touch) -> Image.Image:
    """What has one right result, such as a mirror image, varies in its light."""
    power = touch.vigour**-0.5
    return bend(image, lambda level: 255 * (level / 255) ** power)
