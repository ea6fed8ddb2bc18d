"""What every page stands in: safety, language, words, lists, charts."""
