"""The ``strata`` command: upload files, follow jobs, ask the warehouse, start a dataset, look after this machine."""
