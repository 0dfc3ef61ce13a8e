"""OpenAI's wire protocol, as its own servers and many others speak it; `openai` and `ollama` share it.

Its modules import the SDK at their top, so entries import them inside their functions.
"""
