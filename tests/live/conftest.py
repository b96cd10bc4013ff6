"""A gateway in front of a provider, for tests of what only shows over real connections."""

from __future__ import annotations

import pytest
from support.crowd import Fronted, StartFronted
from support.gateway import Document, StartGateway
from support.provider import Provider, behind


@pytest.fixture
def front(start: StartGateway, provider: Provider) -> StartFronted:
    """Start a gateway whose one backend is the provider; keyword arguments are keys of that backend."""

    async def start_one(document: Document | None = None, **keys: object) -> Fronted:
        gateway = await start({**behind(provider.base_url, **keys), **(document or {})})
        return Fronted(gateway.address, gateway.app, gateway.client)

    return start_one
