"""Who calls, and what that allows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a caller may do: a user sees their own jobs, a pipeline does its steps alone, an admin everything."""

    USER = "user"
    PIPELINE = "pipeline"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller whose identity was verified."""

    user_id: str
    role: Role

    @property
    def is_admin(self) -> bool:
        """Whether the caller may do everything."""
        return self.role is Role.ADMIN

    def may_see(self, owner_id: str) -> bool:
        """Whether the caller may see what belongs to ``owner_id``."""
        return self.is_admin or self.user_id == owner_id
