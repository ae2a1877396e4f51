"""Addresses that a list repeats in every line."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=4096)
def of_file(pk: int) -> str:
    return reverse("file", args=[pk])
