"""BigBuy: client, what is sent, what is read, its refusals and its stock list."""
