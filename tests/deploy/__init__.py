"""Tests of the local platform: real servers, the issuer, the gateway, what is said when a start cannot begin."""
