"""Who came: sheets of named people, recorded, registered late, withdrawn, corrected, voided."""
