"""Engines in small real pipelines."""
