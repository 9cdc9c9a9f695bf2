"""Invented agencies, people, histories and cohorts, for the demo and for journeys. Only ever loaded when asked for."""

from pathlib import Path

from lms.demo.loading import PASSWORD, Account, accounts, load_if_empty

__all__ = ["ANNEX", "PASSWORD", "Account", "accounts", "load_if_empty"]

ANNEX = Path(__file__).resolve().parent / "annex"  # what the invented partnership adds to the core
