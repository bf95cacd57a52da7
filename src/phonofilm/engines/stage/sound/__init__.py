"""The film's sound, made from the score: start at ``mix.py``."""
