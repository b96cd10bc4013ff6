"""An answer in the shape of OpenAI's images API becomes pictures, or an outcome."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus

from gateway.hops import TOO_MANY_HOPS
from gateway.images import Picture
from gateway.upstreams.base import (
    Ambiguous,
    ContentRefused,
    EmptyAnswer,
    Made,
    Progress,
    Refused,
    Rejected,
    Report,
    UpstreamError,
)
from gateway.upstreams.http import HttpAnswer, UpstreamHttp, failure
from gateway.upstreams.long_texts import Texts, parse
from gateway.upstreams.results import from_base64, from_url, those_of
from gateway.upstreams.tools import Tools

_CONTENT_CODES = frozenset(
    {
        "moderation_blocked",
        "content_policy_violation",
        "content_filter",
        "contentFilter",
        "ResponsibleAIPolicyViolation",
    }
)
_NO_MONEY_CODES = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")


async def pictures_of(answer: HttpAnswer, http: UpstreamHttp, tools: Tools) -> tuple[Made, ...]:
    """The pictures of `answer`, as base64 or by their addresses.

    Raises:
        UpstreamError: it is no success, or no item holds a picture.
    """
    if not answer.ok:
        raise failure_of(answer)
    texts = parse(answer.body, "b64_json")
    items = texts.document.get("data") if isinstance(texts.document, dict) else None
    if not isinstance(items, list):
        raise EmptyAnswer("the answer is not a list of pictures", status=answer.status)
    return await those_of(_made(item, texts, http, tools) for item in items if isinstance(item, dict))


PARTIAL_IMAGES = "partial_images"
"""The request field that says how many previews a stream has."""


class StreamedPictures:
    """Takes the events of a stream: previews are reported, finished pictures kept.

    However the stream ends, a finished picture was paid for and is handed out; what is missing, the pool asks for.
    """

    def __init__(self, report: Report, tools: Tools) -> None:
        self._report = report
        self._tools = tools
        self._made: list[Made] = []
        self._unread: EmptyAnswer | None = None
        """What is wrong with a finished picture."""
        self._worked = False
        """Whether any picture was begun."""
        self.began = False

    async def __call__(self, event: dict[str, object]) -> None:
        self.began = True
        match event:
            case {"type": str(kind), "b64_json": str(text)} if kind.endswith(".partial_image"):
                self._worked = True
                await self._preview(event, text)
            case {"type": str(kind), "b64_json": str(text)} if kind.endswith(".completed"):
                self._worked = True
                await self._finished(event, text)
            case {"error": _}:
                raise _failure_event(event)

    def pictures(self, broken: UpstreamError | None = None) -> tuple[Made, ...]:
        """Those that were finished before the stream ended, or was `broken`.

        Raises:
            UpstreamError: none was; Ambiguous where one was begun, for it may be billed.
        """
        if self._made:
            return tuple(self._made)
        if broken is None:
            raise self._unread or Ambiguous("the stream ended without a finished picture")
        if isinstance(broken, Refused) and self._worked:
            raise Ambiguous(f"{broken.detail}, once work had begun") from broken
        raise broken

    async def _preview(self, event: Mapping[str, object], text: str) -> None:
        try:
            preview = await from_base64(text, self._tools)
        except EmptyAnswer:
            return  # the picture itself is still to come
        index = event.get("partial_image_index", 0)
        # How many will come is not said: each halves what is left.
        done = 1 - 0.5 ** (index + 1) if isinstance(index, int) else 0.5
        self._report(Progress(done, preview, index if isinstance(index, int) else 0))

    async def _finished(self, event: Mapping[str, object], text: str) -> None:
        try:
            picture = await from_base64(text, self._tools)
        except EmptyAnswer as error:
            self._unread = error
            return
        revised = event.get("revised_prompt")
        self._made.append(Made(picture, revised if isinstance(revised, str) and revised else None))


def _failure_event(event: Mapping[str, object]) -> UpstreamError:
    codes = set(_codes(event))
    detail = f"codes {', '.join(sorted(codes))}" if codes else "an error event"
    return ContentRefused(detail) if codes & _CONTENT_CODES else Refused(detail)


def failure_of(answer: HttpAnswer) -> UpstreamError:
    """Status first, the code in the body where it says more."""
    codes = set(_codes(answer.json()))
    detail = f"codes {', '.join(sorted(codes))}" if codes else "no code"
    if codes & _CONTENT_CODES:
        return ContentRefused(detail, status=answer.status)
    if TOO_MANY_HOPS in codes:
        return Rejected("the upstreams ask each other in a circle", status=HTTPStatus.LOOP_DETECTED)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS and codes & _NO_MONEY_CODES:
        return Rejected(detail, status=answer.status)  # waiting does not fill an account
    return failure(answer, detail)


async def _made(item: Mapping[str, object], texts: Texts, http: UpstreamHttp, tools: Tools) -> Made:
    revised = item.get("revised_prompt")
    picture = await _picture(item, texts, http, tools)
    return Made(picture, revised if isinstance(revised, str) and revised else None)


async def _picture(item: Mapping[str, object], texts: Texts, http: UpstreamHttp, tools: Tools) -> Picture:
    match item:
        case {"b64_json": str(text)} if text:
            return await from_base64(texts(text), tools)
        case {"url": str(address)} if address:
            return await from_url(address, http, tools)
        case _:
            raise EmptyAnswer("an item without a picture")


def _codes(body: object) -> Iterator[str]:
    """Short codes in the shapes of OpenAI, Azure, FastAPI servers and stable-diffusion.cpp; never free text."""
    match body:
        case {"error": dict(error)}:
            found = [error.get("code"), error.get("type")]
            inner = error.get("innererror") or error.get("inner_error")
            found += [inner.get("code")] if isinstance(inner, dict) else []
        case {"error": str(text)}:
            found = [text]
        case _:
            found = []
    yield from (code for code in found if isinstance(code, str) and _CODE.fullmatch(code))
