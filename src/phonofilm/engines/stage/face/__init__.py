"""The talking face: a photo's own pixels moved by the phones of a line."""
