"""Tests: they mirror the tree of orion/."""
