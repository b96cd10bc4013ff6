"""From a picture that an upstream made to one that leaves this gateway: in format and ratio as promised, and kept."""

from __future__ import annotations

from functools import partial

from gateway.answers import AnsweredImage
from gateway.errors import UpstreamFailed
from gateway.hosting.stores.base import Draft, Store
from gateway.images import AnyRequest, Fit, Picture, UpscaleRequest
from gateway.imaging import costs
from gateway.imaging.conform import conform, fits, fitted_size
from gateway.imaging.errors import PictureError
from gateway.imaging.workers import Workers
from gateway.spans import span
from gateway.upstreams.base import Made


class Rehost:
    def __init__(self, store: Store, workers: Workers, fit: Fit) -> None:
        self._store = store
        self._workers = workers
        self._fit = fit

    def admit(self, order: AnyRequest, *, durable: bool) -> None:
        """
        Raises:
            Unavailable: what `order` asks for could not be kept now, so nobody should pay for it.
        """
        if durable or not order.is_inline:
            self._store.admit()

    async def __call__(self, made: Made, order: AnyRequest, *, durable: bool = False) -> AnsweredImage:
        """`made` as `order` asked for it: hosted when a URL is wanted or it has to last, and else as a value.

        Raises:
            UpstreamFailed: the picture cannot be decoded, and has to be.
            Unavailable: the store is full or down.
        """
        picture = await self._conformed(made.picture, order)
        revised_prompt = None if isinstance(order, UpscaleRequest) else made.revised_prompt or order.prompt
        inline = order.is_inline
        if inline and not durable:
            return AnsweredImage(None, picture, revised_prompt)
        with span("host", operation=order.operation, format=picture.format, bytes=picture.blob.size):
            name = await self._store.put(Draft(picture.blob, order.operation, picture.format))
        return AnsweredImage(name, picture if inline else None, revised_prompt)

    async def _conformed(self, picture: Picture, order: AnyRequest) -> Picture:
        ratio = None if isinstance(order, UpscaleRequest) else order.ratio
        if fits(picture, order.output_format, ratio, self._fit):
            return picture
        size = fitted_size((picture.width, picture.height), ratio, self._fit)
        work = partial(conform, picture, order.output_format, ratio, self._fit)
        try:
            with span("convert", operation=order.operation, format=order.output_format):
                return await self._workers.run(work, size=costs.recoding(picture, order.output_format, size))
        except PictureError as error:
            raise UpstreamFailed(200, "an image in the answer that is damaged or too large to be converted") from error
