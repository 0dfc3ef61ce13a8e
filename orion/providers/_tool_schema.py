"""A tool as a model's context carries it."""

from __future__ import annotations

from typing import Any

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.services.llm_service import FunctionCallHandler

from orion.domain.tool import Tool


class ToolSchema(FunctionSchema):
    """A tool as Pipecat's context carries it: the whole JSON Schema, and ORION's description of it.

    The offline agent reads `tool` for the phrases and templates that the schema cannot hold.
    """

    def __init__(self, tool: Tool, handler: FunctionCallHandler | None = None) -> None:
        shown = tool.shown.schema if tool.shown else tool.parameters
        required = list(shown.get("required", []))
        super().__init__(tool.name, tool.description, shown.get("properties", {}), required, handler)
        self._shown = shown
        self.tool = tool

    def to_default_dict(self) -> dict[str, Any]:
        """The form in which models get it, `$defs` included."""
        parameters = {"type": "object", "properties": {}, **self._shown}
        return {"name": self.name, "description": self.description, "parameters": parameters}
