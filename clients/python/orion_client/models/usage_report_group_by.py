from enum import StrEnum


class UsageReportGroupBy(StrEnum):
    AGENT = "agent"
    DAY = "day"
    PROVIDER = "provider"

    def __str__(self) -> str:
        return str(self.value)
