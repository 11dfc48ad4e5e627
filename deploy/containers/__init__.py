"""Wahana in containers: images, secrets, the stack of `docker-compose.yml`. `make up`, `make down`, `make test-containers`.

The standard library only: a machine with a container engine and a Python needs nothing else for `make up`.
"""
