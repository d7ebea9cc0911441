"""Databases that gold is loaded into."""
