"""The storage of the local system: Azurite, run by the Node that comes in the virtual environment."""
