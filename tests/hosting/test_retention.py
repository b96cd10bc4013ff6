from __future__ import annotations

import secrets

from gateway.hosting.names import HostedName
from gateway.hosting.retention import GRACE, Retention
from gateway.images import ImageFormat, Operation


def test_a_picture_ends_when_its_time_to_live_has_passed() -> None:
    name = HostedName.make(1000, secrets.token_bytes, "00" * 32, Operation.EDIT, ImageFormat.PNG)

    assert Retention(ttl=60).expires_at(name) == 1060


def test_deletion_follows_the_end_after_a_grace() -> None:
    assert Retention(ttl=60).deadline(1060 + GRACE) == 1000


def test_eviction_leaves_some_room_below_the_budget() -> None:
    assert Retention(max_size=1000).low_water == 950
