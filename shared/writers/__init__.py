"""Frames → bytes: files for people and for programs that take files."""
