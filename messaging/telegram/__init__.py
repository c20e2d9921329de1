"""Telegram: `send` posts leanly and is all a worker needs; `receive` parses with aiogram; `updates` fetches."""
