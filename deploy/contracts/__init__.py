"""The published contracts as checked-in files: event schemas, the AsyncAPI document, the OpenAPI documents."""
