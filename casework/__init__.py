"""The rules of reporting: what a report holds, how a case lives, what a code opens.

Knows no database, no messenger and no dialogue engine; it speaks to them through `casework.ports`.
"""
