from enum import StrEnum


class Scope(StrEnum):
    ADMIN = "admin"
    AGENTS = "agents"
    CONNECT = "connect"
    MEMORY = "memory"
    SESSIONS = "sessions"
    TELEPHONY = "telephony"
    TOOLS = "tools"

    def __str__(self) -> str:
        return str(self.value)
