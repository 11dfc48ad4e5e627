"""Benefits: help that was given to a person, a family or a community."""
