"""The local platform of `make run` and of the tests: real PostgreSQL, real Kafka, a token issuer and one address.

For trying out and for tests on one machine; production is described by the images and `docker-compose.yml`.
"""
