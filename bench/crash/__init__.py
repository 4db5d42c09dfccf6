"""A supervisor that kills the real process at random moments under load, and then audits what came of it.

`orders.py` is what a run is told, `supervisor.py` runs it. A *town* (`town.py`; one module per platform) is the
platform's server with people in it; `load.py` is what they do there, and each thing done is remembered as a `Said`
(`values.py`). In the end `model.py` says what must have come of all that was said, from that record alone; `kept.py`
reads what the database holds, `sent.py` compares the outbox with what the server received, `report.py` is the table.
"""
