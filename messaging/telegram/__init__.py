"""Telegram: `send` posts leanly (with `content`, `refusals`) and is all a worker needs; `receive` parses with aiogram;
`updates` fetches.
"""
