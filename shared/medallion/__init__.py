"""Bronze, silver and gold: frames in, frames and ledger out. No I/O."""
