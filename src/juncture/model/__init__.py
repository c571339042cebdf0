"""The language of Juncture: frozen values for evidence and record.

Everything else in the package speaks in these types, and so do the files, the API and `juncture schema`. This layer imports
nothing from the rest of the package, and holds no behaviour beyond reading and writing instants and identities.
"""
