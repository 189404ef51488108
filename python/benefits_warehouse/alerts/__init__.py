"""Alerts to a chat channel: what they say, how they are posted, and runs that stopped early."""
