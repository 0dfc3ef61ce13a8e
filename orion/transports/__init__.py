"""The folder of ways in: one file is one wire that carries calls, with its `router`."""
