"""Compares what the service answered about a clickstream with what its CSV file says.

Reads {csv, shift_ms, asked: [{kind, name, answer}]} from standard input; prints for each answer what differs (null: nothing) and what it
shows. The end of a period is taken from the answer, which says it; its length is not.
"""

import csv
import json
import sys
from datetime import datetime, timezone
from urllib.parse import parse_qs, urlsplit

from counting import DAY, Event, epoch, figures_in, figures_of, funnel_of, journey_of, nodes_of, paths_of, retention_of

PERIODS = {"1h": DAY // 24, "24h": DAY, "7d": 7 * DAY}
EARLIER = {"day": DAY, "week": 7 * DAY}


def between(events, window):
    return [event for event in events if window[0] < event.time <= window[1]]


def stated(answer):
    return tuple(epoch(answer["window"][side]) for side in ("from", "to"))


def asked_for(query, answer, usual):
    """The window that the question means."""
    if "from" in query and "to" in query:
        return int(query["from"]), int(query["to"])
    end = stated(answer)[1]
    return end - PERIODS[query.get("period", usual)], end


def compared(query, window):
    earlier = window[1] - window[0] if query["compare"] == "previous" else EARLIER[query["compare"]]
    return window[0] - earlier, window[1] - earlier


def finished(name, as_of):
    """The last whole day, week or month of UTC, and the one before."""
    today = as_of // DAY * DAY
    if name == "monthly":
        month = datetime.fromtimestamp(today / 1000, timezone.utc).replace(day=1)
        numbers = [month.year * 12 + month.month - 1 - back for back in range(3)]
        starts = [month.replace(year=number // 12, month=number % 12 + 1) for number in numbers]
        borders = [round(start.timestamp() * 1000) for start in starts]
    else:
        length = DAY if name == "daily" else 7 * DAY
        begun = today if name == "daily" else (today - 4 * DAY) // length * length + 4 * DAY
        borders = [begun, begun - length, begun - 2 * length]
    return (borders[1] - 1, borders[0] - 1), (borders[2] - 1, borders[1] - 1)


def expected_and_found(kind, path, query, answer, events):
    as_of = epoch(answer["as_of"])
    if kind == "journey":
        return journey_of(events, path.split("/")[2]), answer["sessions"]
    if kind == "paths":
        window = asked_for(query, answer, "24h")
        return (window, paths_of(events, query, window)), (stated(answer), nodes_of(answer))
    if kind == "retention":
        cohorts = [{**cohort, "time": epoch(cohort["time"])} for cohort in answer["cohorts"]]
        return retention_of(events, query, answer, as_of), cohorts
    if kind == "report":
        windows = finished(path.split("/")[2], as_of)
        shown = [answer, answer["comparison"]]
        return [(window, figures_of(between(events, window))) for window in windows], [(stated(one), figures_in(one)) for one in shown]
    window = asked_for(query, answer, "24h")
    windows = [window, compared(query, window)] if "compare" in query else [window]
    shown = [answer, answer["comparison"]] if "compare" in query else [answer]
    if kind == "metrics":
        return [(one, figures_of(between(events, one))) for one in windows], [(stated(one), figures_in(one)) for one in shown]
    counted = [(one, funnel_of(events, query, one, as_of)) for one in windows]
    return counted, [(stated(one), {name: one[name] for name in ("steps", "excluded", "maturing")}) for one in shown]


def line_of(kind, answer):
    if kind == "funnel":
        return " → ".join(str(step["count"]) for step in answer["steps"])
    if kind == "paths":
        return f"{answer['sessions']} sessions, {len(answer['nodes'])} nodes"
    if kind == "retention":
        users = sum(cohort["users"] for cohort in answer["cohorts"])
        return f"{len(answer['cohorts'])} cohorts of {users} users"
    return f"{answer['total_views']} views, {answer['total_sales']} sales" if "total_views" in answer else ""


def main():
    given = json.load(sys.stdin)
    with open(given["csv"], newline="") as file:
        events = [Event(number, row, given["shift_ms"]) for number, row in enumerate(csv.DictReader(file))]
    results = []
    for one in given["asked"]:
        path = urlsplit(one["name"])
        query = {name: values[0] for name, values in parse_qs(path.query).items()}
        expected, found = expected_and_found(one["kind"], path.path, query, one["answer"], events)
        differs = None if expected == found else f"expected {str(expected)[:600]}, found {str(found)[:600]}"
        results.append({"kind": one["kind"], "name": one["name"], "differs": differs, "shows": line_of(one["kind"], one["answer"])})
    json.dump(results, sys.stdout)


main()
