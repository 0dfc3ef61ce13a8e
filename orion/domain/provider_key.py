"""What an admin has entered for a provider: its key, sealed, and perhaps its address."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ProviderKey:
    """One workspace's access to one provider; it stands in place of the environment's.

    Attributes:
        sealed_key: None for a server that wants none.
        base_url: Where the provider is; None where the environment says, or the vendor.
    """

    workspace_id: UUID
    provider: str
    sealed_key: str | None = field(repr=False)
    base_url: str | None
    updated_at: datetime

    @property
    def place(self) -> str:
        """What the key is sealed for: an address beside it that is changed in the database opens nothing."""
        return f"{self.workspace_id}/provider_keys/{self.provider}/{self.base_url or ''}"
