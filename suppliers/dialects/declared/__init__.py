"""The rest dialect, declared: an API described by its supplier's options, not coded.

The options are a `Declaration` (`declaration`); an example of two suppliers who have
nothing in common is `tests/suppliers/declared.py`. What is written is filled from
templates (`templates`), what is read is found by JMESPath (`reading`), a list is read
page by page (`paging`), a call is signed in (`signing`), and `client` puts these
together. `preview` shows what a real answer would be read as, without any call.

An answer is believed whole or not at all: a word that is in no map, a moment that
cannot be one, a SKU or parcel told twice make it unreadable, never a guess.
"""
