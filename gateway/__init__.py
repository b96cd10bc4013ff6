"""Nano Banana Gateway: one private images API in front of the backends you pay for or run."""

__version__ = "0.1.0"
