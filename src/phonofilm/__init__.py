"""Phonofilm: one request of words, pictures, clips and recordings in; one film out, its picture and sound made together."""

__version__ = "0.1.0"
