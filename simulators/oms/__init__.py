"""An OMS that replays a real fill: `python -m simulators.oms --port 8071 --speed 100`.

It speaks the aggregation API's JSON:API, checks what is asked as OMS does, and fails on demand.
"""
