"""Drawn places and studios: what stands behind and around the actors when no reference shows it."""
