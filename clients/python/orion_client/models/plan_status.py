from enum import StrEnum


class PlanStatus(StrEnum):
    CANCELLED = "cancelled"
    DONE = "done"
    DRAFT = "draft"
    FAILED = "failed"
    RUNNING = "running"
    WAITING_APPROVAL = "waiting_approval"

    def __str__(self) -> str:
        return str(self.value)
