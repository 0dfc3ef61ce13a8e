"""The REST sidecar: one router per noun."""
