"""Tests of the store, on real PostgreSQL."""
