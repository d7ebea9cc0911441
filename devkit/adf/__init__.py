"""Data Factory on this machine: runs, schedules and checks the definitions that are deployed to Azure."""
