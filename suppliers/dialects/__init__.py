"""One module or folder per way a supplier works: the same parts in the same order.

`Options` (what it must know beside address and credential), `Client` (how it tells
duplicates, how it is followed, then submit, look_up, changes, read_stock, cancel and
close), then what is written and what is read. `suppliers/registry.py` lists them, and
`tests/suppliers/test_dialects.py` holds every one of them to the contract.
"""
