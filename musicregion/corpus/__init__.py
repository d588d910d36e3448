"""The songs of a corpus: its sources, and fetching them."""
