"""Local institutions: registered by a village, verified by another person, at work in dated spells, seated in a village."""
