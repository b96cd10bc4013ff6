"""What the servers that speak OpenAI's images API do otherwise than OpenAI, as settings."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from gateway.images import AspectRatio


class SizeMode(StrEnum):
    """How a ratio is said."""

    FREE = "free"
    """`size`, any pixels: the newer GPT image models."""
    FIXED = "fixed"
    """`size`, one of three: the older GPT image models, whose 3:2 is cropped."""
    PUBLISHED = "published"
    """`size`, the five of this gateway's own API: Stable Diffusion servers."""
    RATIO = "ratio"
    """`aspect_ratio`: xAI."""
    PIXELS = "pixels"
    """`width` and `height`: Together."""
    NONE = "none"
    """Not at all."""


_LANDSCAPE, _PORTRAIT = "1536x1024", "1024x1536"
SIZES: Mapping[SizeMode, Mapping[AspectRatio, str]] = MappingProxyType(
    {
        SizeMode.FREE: {
            AspectRatio.SQUARE: "1024x1024",
            AspectRatio.WIDE: "1536x864",
            AspectRatio.TALL: "864x1536",
            AspectRatio.LANDSCAPE: "1280x960",
            AspectRatio.PORTRAIT: "960x1280",
        },
        SizeMode.FIXED: {
            AspectRatio.SQUARE: "1024x1024",
            AspectRatio.WIDE: _LANDSCAPE,
            AspectRatio.TALL: _PORTRAIT,
            AspectRatio.LANDSCAPE: _LANDSCAPE,
            AspectRatio.PORTRAIT: _PORTRAIT,
        },
        SizeMode.PUBLISHED: {ratio: f"{ratio.pixels[0]}x{ratio.pixels[1]}" for ratio in AspectRatio},
    }
)

_GPT_EXTRAS = [
    "quality",
    "background",
    "moderation",
    "output_compression",
    "input_fidelity",
    "safety_identifier",
]
_DIFFUSION_EXTRAS = ["seed", "negative_prompt", "num_inference_steps", "guidance_scale"]

PRESETS: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "openai": {"extras": _GPT_EXTRAS},
        "azure": {"extras": _GPT_EXTRAS, "auth_header": "api-key"},
        "localai": {
            "size_mode": "published",
            "send_response_format": "b64_json",
            "output_formats": ["png"],
            "edits": "inpainting",
            "mask": "white",
            "upscale": {"path": "/images/upscale", "field": "scale", "value": "{n}"},
            "extras": ["negative_prompt", "seed"],
        },
        "stable-diffusion.cpp": {
            "size_mode": "published",
            "input_formats": ["png", "jpeg"],
            "mask": "white",
            "max_n": 4,
            "extras": [],
        },
        "vllm-omni": {
            "size_mode": "published",
            "send_response_format": "b64_json",
            "mask": "none",
            "extras": [*_DIFFUSION_EXTRAS, "true_cfg_scale"],
        },
        "sglang": {
            "size_mode": "published",
            "send_response_format": "b64_json",
            "mask": "none",  # it takes one and ignores it, which would change the whole picture
            "extras": _DIFFUSION_EXTRAS,
        },
        "xai": {
            "size_mode": "ratio",
            "send_response_format": "b64_json",
            "send_output_format": False,
            "edits": "none",
            "extras": [],
        },
        "together": {
            "size_mode": "pixels",
            "send_response_format": "base64",
            "output_formats": ["jpeg", "png"],
            "edits": "none",
            "max_n": 4,
            "extras": ["seed", "negative_prompt", "steps"],
        },
    }
)
