"""The images and `docker-compose.yml`, built and run for real: `make test-containers`. No part of `make test`."""
