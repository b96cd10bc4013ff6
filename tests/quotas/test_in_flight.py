"""How much is under way at a time."""

from __future__ import annotations

import pytest

from gateway.quotas.in_flight import InFlight, TooManyInFlight


def test_places_are_held_and_given_back() -> None:
    places = InFlight()
    with places.hold("a", 2), places.hold("a", 2), pytest.raises(TooManyInFlight):
        places.hold("a", 2)

    with places.hold("a", 1):
        pass


def test_callers_hold_places_of_their_own() -> None:
    places = InFlight()
    with places.hold("a", 1), places.hold("b", 1), pytest.raises(TooManyInFlight):
        places.hold("b", 1)


def test_a_failure_gives_its_place_back() -> None:
    places = InFlight()
    with pytest.raises(ValueError, match="broken"), places.hold("a", 1):
        raise ValueError("broken")

    with places.hold("a", 1):
        pass
