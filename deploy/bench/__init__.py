"""`make bench`: what the paths of Wahana cost, each against a limit that is taken in the same run on the same servers.

Rates differ from machine to machine and from minute to minute; ratios of one run may be compared. Nothing here is a
test: no assertion on speed anywhere.
"""
