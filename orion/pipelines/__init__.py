"""Pipelines: what a call is made of, and the calls of this process."""
