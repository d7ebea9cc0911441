"""Rules, and the verdict each row gets."""
