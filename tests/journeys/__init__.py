"""Whole stories over real WebRTC, PostgreSQL and Chromium."""
