"""A stand-in for Telegram's Bot API server, in a process of its own: what the messenger channel is tested against.

`server` answers the bot and the tests, `people` acts as the persons who write, `client` is how a test drives it,
`fixtures` starts it and fails the test when a call broke the schema or used a method that is not built.
"""
