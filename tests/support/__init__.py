"""What several tests share. The package is found because pytest puts `tests` on the path."""
