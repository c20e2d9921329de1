"""Appointments and workshops: made, moved, answered; the queue follows."""
