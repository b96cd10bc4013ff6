"""A web server that gives everybody one page: what stands at an address that was meant for something else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_PAGE = b"<html><body>It works!</body></html>"


class _Page(BaseHTTPRequestHandler):
    status: int

    def _go(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(self.status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(_PAGE)))
        self.end_headers()
        self.wfile.write(_PAGE)

    do_GET = do_PUT = do_DELETE = do_POST = _go  # noqa: N815 - the library's

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def serving_a_page(status: int) -> Iterator[str]:
    """Its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("_Answer", (_Page,), {"status": status}))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
