"""nginx as a yardstick: files from the disk, and answers from its cache, which is keyed by the address."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from bench.mock import picture
from bench.processes import Recipe, free_port

_CONFIG = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log stderr;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000; sendfile on; tcp_nopush on; types {{ image/png png; }}
  client_body_temp_path {folder}/t; proxy_temp_path {folder}/t; fastcgi_temp_path {folder}/t;
  uwsgi_temp_path {folder}/t; scgi_temp_path {folder}/t;
  proxy_cache_path {folder}/cache keys_zone=answers:1m max_size=100m inactive=1h;
  server {{
    listen 127.0.0.1:{port};
    location / {{ root {folder}; open_file_cache max=100; }}
    location /copied/ {{ alias {folder}/pictures/; open_file_cache max=100; sendfile off; }}
    location /answers/ {{
      proxy_pass {origin}; proxy_cache answers; proxy_cache_key $uri; proxy_cache_valid 200 1h;
    }}
  }}
}}
"""


def nginx_is_there() -> bool:
    return shutil.which("nginx") is not None


def nginx(folder: Path, origin: str) -> Recipe:
    """Serves /pictures/KIND.png, /copied/KIND.png without sendfile, and /answers/KIND as `origin` gave it."""
    pictures = folder / "pictures"
    pictures.mkdir()
    for kind in ("tiny", "big"):
        (pictures / f"{kind}.png").write_bytes(picture(kind))
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(_CONFIG.format(folder=folder, port=port, origin=origin))
    # A single process, so that its CPU is found where it is looked for.
    return Recipe(["nginx", "-p", str(folder), "-c", str(config), "-g", "master_process off;"], port)


def nginx_version() -> str:
    said = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True).stderr
    return said.strip().rpartition("/")[2]
