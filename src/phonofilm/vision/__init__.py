"""Runners of the vision models and of flow, without policy."""
