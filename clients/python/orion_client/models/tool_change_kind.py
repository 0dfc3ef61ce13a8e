from enum import StrEnum


class ToolChangeKind(StrEnum):
    HTTP = "http"
    MCP = "mcp"

    def __str__(self) -> str:
        return str(self.value)
