"""The history of a postmortem: read from the journal each time it is asked for, and kept nowhere else."""
