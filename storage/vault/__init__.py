"""Keys and what they seal: server, day and office keys, codes, cases, accounts, the trail's chain.

`setup` makes and opens the keys of a data folder, `case_sealing` turns cases into rows, `accounts` lets operators in.
"""
