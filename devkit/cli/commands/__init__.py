"""The subcommands of ``strata``, one topic a module."""
