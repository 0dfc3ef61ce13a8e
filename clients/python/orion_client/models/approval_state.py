from enum import StrEnum


class ApprovalState(StrEnum):
    APPROVED = "approved"
    EXPIRED = "expired"
    REJECTED = "rejected"
    WAITING = "waiting"

    def __str__(self) -> str:
        return str(self.value)
