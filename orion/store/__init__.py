"""The store: PostgreSQL through SQLAlchemy Core and asyncpg; the only package that speaks SQL.

Kept empty, for the supervisor process imports this package and must stay small.
"""
