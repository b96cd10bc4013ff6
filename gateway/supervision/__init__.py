"""Several processes at one address: one that starts them and keeps what they share, and its end in each of them."""
