"""Invented agencies, people, histories and cohorts, for the demo and for journeys. Only ever loaded when asked for."""

from lms.demo.loading import PASSWORD, Account, accounts, load_if_empty

__all__ = ["PASSWORD", "Account", "accounts", "load_if_empty"]
