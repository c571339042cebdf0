"""Backups: everything that a served data folder holds, in one file, and back."""
