"""WKSBM networks: where they work, how they came to be and live, and what legalises them."""
