"""Servers that speak the providers' wire protocols, with scripted content and faults."""
