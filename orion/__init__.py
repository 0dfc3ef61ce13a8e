"""ORION: the voice agent server that people own."""

__version__ = "0.1.0"
