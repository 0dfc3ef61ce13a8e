from enum import StrEnum


class Risk(StrEnum):
    DANGER = "danger"
    READ = "read"
    WRITE = "write"

    def __str__(self) -> str:
        return str(self.value)
