"""Everything that lasts: SQLite or PostgreSQL, sealed; keys; evidence; migrations; backup."""

from storage.setting_up import SetupResult, setup
from storage.store import Store, StoreConfig, open_store

__all__ = ["SetupResult", "Store", "StoreConfig", "open_store", "setup"]
