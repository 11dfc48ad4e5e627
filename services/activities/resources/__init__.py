"""Contributions of money, goods and labour to activities, institutions and networks, and what of them went back."""
