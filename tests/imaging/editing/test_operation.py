from __future__ import annotations

import pytest

from gateway.imaging.editing.meanings import Amount, Measure, Unit
from gateway.imaging.editing.operation import Details, Touch
from gateway.imaging.editing.vocabulary import VOCABULARY


def measured(value: float, unit: Unit, *, absolute: bool = False, sign: int = 1) -> Touch:
    return Touch(Details(measure=Measure(value, unit, absolute), sign=sign))


@pytest.mark.parametrize(
    ("touch", "factor"),
    [
        (Touch(), 1.3),
        (Touch(Details(sign=-1)), 0.7),
        (Touch(Details(amount=2)), 1.6),
        (measured(20, Unit.PERCENT), 1.2),
        (measured(20, Unit.PERCENT, sign=-1), 0.8),
        (measured(20, Unit.PERCENT, absolute=True, sign=-1), 0.2),
        (measured(2, Unit.TIMES), 2),
        (measured(2, Unit.TIMES, sign=-1), 0.5),
        (measured(700, Unit.PERCENT), 8),
        (measured(100, Unit.PERCENT, sign=-1), 0),
        (measured(0, Unit.TIMES), 1.3),
    ],
)
def test_factor(touch: Touch, factor: float) -> None:
    assert touch.factor(0.3) == pytest.approx(factor)


@pytest.mark.parametrize(
    ("touch", "strength"),
    [
        (Touch(), 0.5),
        (Touch(Details(amount=0.5)), 0.25),
        (measured(80, Unit.PERCENT), 0.8),
        (measured(400, Unit.PERCENT), 1.0),
        (measured(2, Unit.TIMES), 1.0),
    ],
)
def test_strength(touch: Touch, strength: float) -> None:
    assert touch.strength(0.5) == pytest.approx(strength)


def test_first_variation_is_the_plain_one() -> None:
    assert (Touch().vigour, Touch().drift) == (1.0, 0.0)


@pytest.mark.parametrize("asked", [5, 50, 100])
def test_variations_differ_and_stay_in_bounds(asked: int) -> None:
    measure = Details(measure=Measure(asked, Unit.PERCENT))
    strengths = [Touch(measure, variation).strength() for variation in range(4)]
    assert all(0 < strength <= 1 for strength in strengths)
    assert min(abs(one - other) for one in strengths for other in strengths if one is not other) > asked / 1000


@pytest.mark.parametrize("variation", [1, 2, 3, 7, 2**20, 2**63, 10**400], ids=lambda number: str(number)[:8])
def test_any_variation_is_moderate(variation: int) -> None:
    touch = Touch(variation=variation)
    assert 0.4 < touch.vigour < 2
    assert abs(touch.vigour - 1) > 0.19
    assert -0.5 <= touch.drift <= 0.5


def test_chance_depends_on_key_and_variation() -> None:
    drawn = {Touch(variation=variation).chance(key).fraction() for variation in range(3) for key in ("rain", "snow")}
    assert len(drawn) == 6
    assert Touch().chance("rain").fraction() == Touch().chance("rain").fraction()


def test_presets_count_as_phrases() -> None:
    (resize,) = [row for row in VOCABULARY if row.name == "resize"]
    assert "half size" in resize.phrases
    assert not any(isinstance(detail, Amount) for _, details in resize.presets for detail in details)
