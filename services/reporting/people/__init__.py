"""People in numbers: who counts once, by facts of many subjects. Random ids, sexes and birth years; nobody is named.

Facts are rows, each guarded by its own event's sequence: attendance, memberships, benefits, families' heads. Who counts is
an owner: a person who stands for all records of them, a family, a community. What an owner gives is a pure function of
its facts (`services.reporting.measures.people`); whoever writes a fact holds its owner's row.
"""
