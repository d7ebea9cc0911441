"""What stands for Azure's services on this machine: Azurite, the host's warehouse, and Spark."""
