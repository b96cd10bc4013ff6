"""The studio at `/`: one page and its files, shipped in the package and held in memory."""

from __future__ import annotations

import gzip
import hashlib
import html
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from types import MappingProxyType

from aiohttp import ETag, hdrs, web

from gateway.config import Config
from gateway.errors import NotFound
from gateway.images import LONGEST_PROMPT, Operation

PAGE = "index.html"
_MIMES = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
_NOT_MODULES = {"theme.js"}
_FRESH, _FOREVER, _NEVER = "no-cache", "public, max-age=31536000, immutable", "no-store"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent, plain and compressed once for all."""

    data: bytes
    gzipped: bytes
    mime: str
    etag: str

    @classmethod
    def of(cls, name: str, data: bytes) -> Asset:
        mime = _MIMES[name.rpartition(".")[2]]
        return cls(data, gzip.compress(data, mtime=0), mime, hashlib.sha256(data).hexdigest()[:32])


class StudioHandlers:
    """The files stand under a version, which is the digest of them all, and may be kept for ever under it.

    While a fleet is upgraded, a page may ask for the files of a version that this process has not. It is given
    those that are here, and told not to keep them: a page that works beats one that is pure.
    """

    def __init__(self, config: Config) -> None:
        sources = {entry.name: entry.read_bytes() for entry in files("gateway").joinpath("studio").iterdir()}
        page = sources.pop(PAGE).decode()
        self._version = _digest(sources)
        self._assets = {name: Asset.of(name, data) for name, data in sources.items()}
        filled = Template(page).substitute(
            version=self._version,
            settings=html.escape(json.dumps(page_settings(config))),
            preloads="\n".join(
                f'<link rel="modulepreload" href="studio/{self._version}/{name}">'
                for name in sorted(sources)
                if name.endswith(".js") and name not in _NOT_MODULES
            ),
        )
        self._page = Asset.of(PAGE, filled.encode())
        self._headers = MappingProxyType({**_HEADERS, "Content-Security-Policy": policy(config.server.public_url)})

    async def page(self, request: web.Request) -> web.StreamResponse:
        return _answer(request, self._page, {**self._headers, hdrs.CACHE_CONTROL: _FRESH})

    async def asset(self, request: web.Request) -> web.StreamResponse:
        asset = self._assets.get(request.match_info["name"])
        if asset is None:
            raise NotFound("Unknown route. The studio is at /")
        known = request.match_info["version"] == self._version
        return _answer(request, asset, {**self._headers, hdrs.CACHE_CONTROL: _FOREVER if known else _NEVER})


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


_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that know no frame-ancestors
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    hdrs.VARY: hdrs.ACCEPT_ENCODING,
}


def policy(public_url: str | None) -> str:
    """A Content-Security-Policy that lets nothing in but our own files, and lets no text become markup.

    Pictures may also come from `public_url`, the one other origin that hosts ours.
    """
    pictures = " ".join(["'self'", "blob:", "data:", *([_origin(public_url)] if public_url else [])])
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


def _answer(request: web.Request, asset: Asset, headers: Mapping[str, str]) -> web.StreamResponse:
    tag = ETag(asset.etag, is_weak=True)  # one for both encodings
    said = {**headers, hdrs.ETAG: f'W/"{tag.value}"'}
    if any(sent.value in {tag.value, "*"} for sent in request.if_none_match or ()):
        return web.Response(status=web.HTTPNotModified.status_code, headers=said)
    body = asset.data
    if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, "").lower():
        body, said[hdrs.CONTENT_ENCODING] = asset.gzipped, "gzip"
    return web.Response(body=body, content_type=asset.mime, charset="utf-8", headers=said)
