"""Fields that only drivers know are read by what they say, and refused by name."""

from __future__ import annotations

import pytest

from gateway.errors import BadRequest
from gateway.images import GenerateRequest
from gateway.upstreams.extras import integer, number, passed_on, text


def request(**extras: object) -> GenerateRequest:
    return GenerateRequest(model="m", prompt="p", extras=extras)


def test_what_was_not_sent_is_none() -> None:
    assert integer(request(), "seed", least=0, most=9) is None
    assert number(request(), "cfg_scale", least=0, most=9) is None
    assert text(request(), "negative_prompt", longest=9) is None


@pytest.mark.parametrize(("sent", "read"), [(0, 0), (9, 9), (-1, -1), ("7", 7), ("-1", -1), ("+3", 3)])
def test_integers_of_json_and_of_forms(sent: object, read: int) -> None:
    assert integer(request(seed=sent), "seed", least=-1, most=9) == read


@pytest.mark.parametrize("sent", [10, -2, 1.5, "1.5", "", " 1", "\uff11", "9" * 20, True, [1], {"a": 1}, "0x1"])
def test_what_is_no_such_integer_is_refused_by_name(sent: object) -> None:
    with pytest.raises(BadRequest) as caught:
        integer(request(seed=sent), "seed", least=-1, most=9)

    assert caught.value.param == "seed"
    assert "an integer from -1 to 9" in caught.value.message


@pytest.mark.parametrize(("sent", "read"), [(1, 1.0), (7.5, 7.5), ("7.5", 7.5), ("3", 3.0)])
def test_numbers_of_json_and_of_forms(sent: object, read: float) -> None:
    assert number(request(cfg_scale=sent), "cfg_scale", least=1, most=30) == read


@pytest.mark.parametrize("sent", [0.9, 31, "nan", "inf", float("nan"), float("inf"), "1e1", False, None.__class__, []])
def test_what_is_no_such_number_is_refused_by_name(sent: object) -> None:
    with pytest.raises(BadRequest) as caught:
        number(request(cfg_scale=sent), "cfg_scale", least=1, most=30)

    assert caught.value.param == "cfg_scale"


def test_texts_have_a_length() -> None:
    assert text(request(negative_prompt="blurry"), "negative_prompt", longest=6) == "blurry"


@pytest.mark.parametrize("sent", ["blurry!", 7, ["blurry"]])
def test_what_is_no_such_text_is_refused_by_name(sent: object) -> None:
    with pytest.raises(BadRequest) as caught:
        text(request(negative_prompt=sent), "negative_prompt", longest=6)

    assert caught.value.param == "negative_prompt"


@pytest.mark.parametrize(
    ("name", "sent", "told"),
    [
        ("output_compression", "50", 50),
        ("output_compression", 50, 50),
        ("output_compression", "much", "much"),
        ("seed", "-1", -1),
        ("seed", "1.5", "1.5"),
        ("guidance_scale", "7.5", 7.5),
        ("guidance_scale", "7", 7.0),
        ("strict", "true", True),
        ("strict", "FALSE", False),
        ("negative_prompt", "1832", "1832"),
        ("whatever", "1832", "1832"),
        ("whatever", {"a": 1}, {"a": 1}),
    ],
)
def test_what_a_form_tells_of_a_known_extra_goes_on_with_its_type(name: str, sent: object, told: object) -> None:
    found = passed_on(request(**{name: sent, "other": 1}), {name, "unsent"})

    assert found == {name: told}
    assert type(found[name]) is type(told)
