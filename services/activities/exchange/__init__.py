"""What needs, offers and experiences share: who may read them, how they are found, matched and answered."""
