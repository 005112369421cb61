"""The desk's pages, a topic a module."""

from fastapi import APIRouter

from console.pages import (
    about,
    accounts,
    case,
    cases,
    chats,
    entering,
    evidence,
    exports,
    home,
    log_in,
    myself,
    publishing,
    searching,
    trail,
)


def routers() -> tuple[APIRouter, ...]:
    """Return all routes. Their guards (`console.seat.Needs`) name the act that each needs."""
    at_cases = (cases, case, evidence, publishing, searching, entering, exports)
    topics = (log_in, home, myself, chats, *at_cases, accounts, trail, about)
    return tuple(topic.router for topic in topics)
