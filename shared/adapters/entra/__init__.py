"""Microsoft Entra ID: who holds a token that one of its tenants has issued."""

from shared.adapters.entra.tokens import EntraTokens

__all__ = ["EntraTokens"]
