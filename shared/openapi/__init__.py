"""The OpenAPI document, completed: what FastAPI writes, made an interface that a stranger can work from."""
