"""The API for suppliers: their purchase orders out, their answers and stock in."""
