"""Bytes in, frames of text columns out."""
