"""Lists the songs of a corpus, and fetches or renders them."""
