"""The floor: settings, clock, crypto, languages, database, tables, migrations; knows nobody above."""
