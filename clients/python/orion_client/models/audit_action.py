from enum import StrEnum


class AuditAction(StrEnum):
    ACTIVATE = "activate"
    DELETE = "delete"
    END = "end"
    PAUSE = "pause"
    READ_APPROVALS = "read_approvals"
    READ_EVENTS = "read_events"
    READ_PLANS = "read_plans"
    READ_TURNS = "read_turns"

    def __str__(self) -> str:
        return str(self.value)
