"""Parts of the driver for Stable Diffusion WebUI and Forge."""
