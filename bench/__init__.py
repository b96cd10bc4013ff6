"""What the figures of the documentation come from: `python -m bench` from the top of the repository."""
