"""The public web, as far as it may be reached."""

from shared.adapters.web.fetching import HttpWeb

__all__ = ["HttpWeb"]
