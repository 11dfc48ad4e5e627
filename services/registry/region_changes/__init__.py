"""Changes of regions by decree: proposed, previewed, and applied by another person as events of every region touched."""
