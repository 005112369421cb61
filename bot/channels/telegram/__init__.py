"""Telegram: what comes is stored before it is confirmed, what goes leaves through the outbox; this package translates.

Import its modules by name: the library behind them takes half a second to load, and only deployments with a token pay.
"""
