"""A provider double: three channels without a network, and phones to look at."""

from messaging.simulator.provider import SimulatedChannel, Simulator, UnknownChoice, UnknownPhone

__all__ = ["SimulatedChannel", "Simulator", "UnknownChoice", "UnknownPhone"]
