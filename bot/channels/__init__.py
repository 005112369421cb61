"""Channels only translate: what a messenger or a page delivers becomes an `Incoming`, a `Reply` becomes its output."""
