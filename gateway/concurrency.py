"""Several things at once, as one thing."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")


async def all_of(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Every result in order. The first failure cancels the rest and is raised as itself, not as a group."""
    items = list(work)
    if len(items) == 1:
        return [await items[0]]  # the usual case, and a task costs as much as parsing a small answer
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(item) for item in items]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]
