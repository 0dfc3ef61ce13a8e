"""What ORION talks about: frozen dataclasses and enums, standard library only."""
