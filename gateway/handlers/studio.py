"""The studio at `/`: one page and its files, shipped in the package and held in memory."""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from string import Template
from types import MappingProxyType
from typing import NamedTuple

from aiohttp import hdrs, web

from gateway.config import Config
from gateway.errors import NotFound
from gateway.handlers.assets import SAFE_HEADERS, Asset, send
from gateway.images import LONGEST_PROMPT, Operation

PAGE = "index.html"
_NOT_MODULES = {"theme.js"}
_FRESH, _FOREVER, _NEVER = "no-cache", "public, max-age=31536000, immutable", "no-store"


class _Shipped(NamedTuple):
    page: str
    """With places that a configuration fills."""
    version: str
    assets: Mapping[str, Asset]


@cache
def _shipped() -> _Shipped:
    """Read and compressed once: a reload changes none of it."""
    sources = {entry.name: entry.read_bytes() for entry in files("gateway").joinpath("studio").iterdir()}
    page = sources.pop(PAGE).decode()
    return _Shipped(page, _digest(sources), {name: Asset.of(name, data) for name, data in sources.items()})


class StudioHandlers:
    """The files stand under a version, which is the digest of them all, and may be kept for ever under it.

    While a fleet is upgraded, a page may ask for the files of a version that this process has not. It is given
    those that are here, and told not to keep them: a page that works beats one that is pure.
    """

    def __init__(self, config: Config) -> None:
        shipped = _shipped()
        self._version, self._assets = shipped.version, shipped.assets
        filled = Template(shipped.page).substitute(
            version=self._version,
            settings=html.escape(json.dumps(page_settings(config))),
            preloads="\n".join(
                f'<link rel="modulepreload" href="studio/{self._version}/{name}">'
                for name in sorted(self._assets)
                if name.endswith(".js") and name not in _NOT_MODULES
            ),
        )
        self._page = Asset.of(PAGE, filled.encode())
        self._headers = MappingProxyType({**SAFE_HEADERS, "Content-Security-Policy": policy(picture_origins(config))})

    async def page(self, request: web.Request) -> web.StreamResponse:
        return send(request, self._page, {**self._headers, hdrs.CACHE_CONTROL: _FRESH})

    async def asset(self, request: web.Request) -> web.StreamResponse:
        asset = self._assets.get(request.match_info["name"])
        if asset is None:
            raise NotFound("Unknown route. The studio is at /")
        known = request.match_info["version"] == self._version
        return send(request, asset, {**self._headers, hdrs.CACHE_CONTROL: _FOREVER if known else _NEVER})


def page_settings(config: Config) -> Mapping[str, object]:
    """What the page is told, so that it can refuse before it sends. Nothing here is secret: the page is open."""
    return {
        "longest_prompt": LONGEST_PROMPT,
        "max_body": config.server.max_body,
        "max_picture": config.inputs.max_size,
        "max_pixels": config.inputs.max_pixels,
        "max_output_pixels": config.upscale.max_output_pixels,
        "images_ttl": config.images.link_ttl or config.images.ttl,
        "public_url": config.server.public_url,
        "defaults": {operation.value: config.defaults.model_for(operation) for operation in Operation},
    }


def picture_origins(config: Config) -> Iterator[str]:
    """Other origins that host pictures of ours: `public_url`, and the bucket that readers are sent to."""
    if config.server.public_url:
        yield _origin(config.server.public_url)
    if config.images.delivery == "redirect":
        endpoint = config.images.object_store.endpoint
        yield _origin(endpoint) if endpoint else "https:"  # which of its hosts a vendor takes, nobody can say


def policy(origins: Iterable[str]) -> str:
    """A Content-Security-Policy that lets in our own files and pictures of `origins`, and no text become markup."""
    pictures = " ".join(["'self'", "blob:", "data:", *origins])
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src {pictures}",
            "connect-src 'self'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
    )


def _origin(address: str) -> str:
    return "/".join(address.split("/", 3)[:3])


def _digest(sources: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name in sorted(sources):
        whole.update(b"%s %d\n" % (name.encode(), len(sources[name])))
        whole.update(sources[name])
    return whole.hexdigest()[:10]
