"""The local Azure Functions host: runs the same ``function_app.py`` as Azure does, in one process."""
