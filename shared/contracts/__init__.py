"""The dataset contract: its model and how it is loaded."""
