"""Who may call a route of reporting: each route names one of these as the type of its caller."""

from typing import Annotated

from fastapi import Depends

from shared.auth import Need, Principal, Right

Anyone = Annotated[Principal, Depends(Need(Right.OPEN))]
"""Definitions are public: what a number means must never be a secret."""
IndicatorReader = Annotated[Principal, Depends(Need(Right.READ_INDICATORS))]
"""Exact numbers, of the caller's areas only."""
Operator = Annotated[Principal, Depends(Need(Right.OPERATE))]
"""Who runs the installation."""
ReferenceKeeper = Annotated[Principal, Depends(Need(Right.KEEP_REFERENCE))]
"""What numbers are divided by, of the caller's areas only."""
