"""The addresses of this app: its pages, and its calls of the API."""

from __future__ import annotations

from django.urls import URLPattern

pages: list[URLPattern] = []
calls: list[URLPattern] = []
