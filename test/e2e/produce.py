"""1,000 clicks, 100 conversions and 50 sales through Pulsar's official client.

Usage: produce.py SERVICE_URL CLICKS CONVERSIONS SALES FIRST_AT
The same arguments give the same events: a second run is a producer that repeats itself.
FIRST_AT (epoch milliseconds) is the time of the oldest event; the others follow, 2 seconds apart.
"""

import json
import sys
import uuid

import pulsar

service_url, clicks, conversions, sales, first_at = sys.argv[1:]
client = pulsar.Client(service_url, logger=pulsar.ConsoleLogger(pulsar.LoggerLevel.Error))


def event(n, **fields):
    return {
        "event_id": str(uuid.UUID(int=0x0190_A000_0000_7000_8000_0000_0000_0000 + n)),
        "user_id": f"user-{n % 20}",
        "session_id": f"sess_{n}",
        "url": f"https://product.com/item/{n % 7}",
        "timestamp": int(first_at) + 2_000 * n,
        **fields,
    }


def produce(topic, events):
    """Each waits for its confirmation, as in the simplest program."""
    producer = client.create_producer(topic)
    for one in events:
        producer.send(json.dumps(one).encode("utf-8"))
    producer.close()


def produce_in_batches(topic, events):
    producer = client.create_producer(topic, batching_enabled=True, block_if_queue_full=True)
    for one in events:
        producer.send_async(json.dumps(one).encode("utf-8"), lambda result, _id: None)
    producer.flush()
    producer.close()


# Conversions and sales happen at the click of the same number and carry its id: they differ by type alone.
produce_in_batches(clicks, [event(n) for n in range(1_000)])
produce(conversions, [event(10 * n, conversion_type="signup") for n in range(100)])
produce(sales, [event(20 * n, amount="19.90", currency="EUR") for n in range(50)])
client.close()
