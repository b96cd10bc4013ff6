from __future__ import annotations

from gateway.imaging.drawing.chance import Chance

PINNED = [0.957012, 0.463084, 0.271424]


def test_the_stream_is_pinned_for_every_machine_and_version() -> None:
    chance = Chance("banana", 7)
    assert [round(chance.fraction(), 6) for _ in range(3)] == PINNED


def test_neighbouring_keys_are_different_streams() -> None:
    keys = (("a", "bc"), ("ab", "c"), ("abc",), ("abc", 1), ("abc", "1"))
    assert len({Chance(*key).fraction() for key in keys}) == len(keys)


def test_a_fork_does_not_depend_on_what_was_drawn_before() -> None:
    fresh, used = Chance("key"), Chance("key")
    used.fraction()
    assert fresh.fork("sky").fraction() == used.fork("sky").fraction()
    assert fresh.fork("sky").fraction() != fresh.fork("sea").fraction()


def test_numbers_stay_in_their_range_and_fill_it() -> None:
    chance = Chance("range")
    fractions = [chance.fraction() for _ in range(2000)]
    wholes = {chance.whole(2, 5) for _ in range(200)}
    assert 0 <= min(fractions) < 0.01
    assert 0.99 < max(fractions) < 1
    assert wholes == {2, 3, 4, 5}
    assert {chance.pick("xyz") for _ in range(100)} == {"x", "y", "z"}
    assert all(-3 <= chance.between(-3, -1) < -1 for _ in range(100))


def test_any_text_can_be_a_key() -> None:
    assert 0 <= Chance("🍌\ud800\x00", 2**63).fraction() < 1
