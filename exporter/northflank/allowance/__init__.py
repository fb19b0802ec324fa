"""The part of a token's hourly requests that the exporter may use: counted, foreseen, and left to others."""
