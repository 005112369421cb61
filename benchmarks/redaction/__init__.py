"""How well and how fast texts are anonymised, on marked sentences of our own."""
