"""A client of any gateway: what `generate`, `edit` and `upscale` are made of in a terminal."""
