"""`wahana doctor`: whether an installation fits together, and what to do where it does not. It changes nothing.

    findings = await examination.of_service(settings, rights, own=..., clock=...)      # a database, and what flows
    findings += await examination.of_all(settings)                                     # Kafka, and the token issuer

Each check looks at the thing itself, with the rights the service has; what it cannot know, it says.
"""
