"""Code lists: what each code on the wire stands for, in which edition of its list, and who says so."""
