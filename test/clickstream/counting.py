"""What a clickstream says, counted in plain loops. Nothing here is shared with the service or its tests."""

import math
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from urllib.parse import unquote

DAY = 86_400_000
CLICKS = {"wishlist_add", "support_chat", "error_page", "payment_error", "checkout_bug"}


def epoch(text):
    return round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def iso(ms):
    moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=ms)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"


class Event:
    def __init__(self, number, row, shift):
        self.number, self.name = number, row["event"]
        self.user, self.session = row["user_id"], row["session_id"]
        self.time = epoch(row["timestamp"].replace(" ", "T") + "Z") + shift
        self.page = "/" + self.name
        self.kind = {"purchase": "sale", "add_to_cart": "conversion"}.get(self.name) or ("click" if self.name in CLICKS else "view")
        self.cents = (10 + number % 90) * 100 + 50 if self.kind == "sale" else None

    def meets(self, step):
        kind, _, rest = step.partition("@")
        kind, _, conversion_type = kind.partition(":")
        return self.kind == kind and (not rest or rest == self.page) and (not conversion_type or conversion_type == self.name)


def share(part, whole):
    return 0 if whole == 0 else math.floor(Fraction(part * 10_000, whole) + Fraction(1, 2)) / 100


def nearest_rank(values, share_of):
    return sorted(values)[math.ceil(Fraction(share_of, 100) * len(values)) - 1] if values else None


def money(cents):
    return f"{cents // 100}.{cents % 100:02d}"


def within_ms(text):
    return int(text[:-1]) * {"m": 60_000, "h": 3_600_000, "d": DAY}[text[-1]]


# ---- funnel


def longest(chain, events, steps, until):
    """The longest chain that goes on from these events, the earliest of the longest. To take the earliest event that fits is never
    worse; which one of those of the same moment may be, as each serves one step."""
    if len(chain) == len(steps):
        return chain
    fitting = [e for e in events if e not in chain and chain[-1].time <= e.time <= until and e.meets(steps[len(chain)])]
    if not fitting:
        return chain
    first = min(e.time for e in fitting)
    found = [longest(chain + [e], events, steps, until) for e in fitting if e.time == first]
    return min(found, key=rank)


def rank(chain):
    return (-len(chain), [e.time for e in chain])


def funnel_of(events, query, window, as_of):
    steps = [unquote(step) for step in query["steps"].split(",")]
    within = within_ms(query["within"]) if "within" in query else 7 * DAY
    by_subject = defaultdict(list)
    for event in events:
        by_subject[event.session if query.get("by") == "session" else event.user].append(event)
    best = []
    for mine in by_subject.values():
        starts = [e for e in mine if window[0] < e.time <= window[1] and e.meets(steps[0])]
        starts = [e for e in starts if query.get("page_url") in (None, e.page)]
        if starts:
            best.append(min((longest([e], mine, steps, e.time + within) for e in starts), key=rank))
    shown = []
    for n, step in enumerate(steps):
        came = [chain for chain in best if len(chain) > n]
        waits = [chain[n].time - chain[n - 1].time for chain in came] if n else []
        before = sum(len(chain) > n - 1 for chain in best)
        shown.append(
            {
                "step": query["steps"].split(",")[n],
                "count": len(came),
                "rate_from_previous": share(len(came), before) if n else None,
                "rate_from_first": share(len(came), len(best)),
                "median_ms": nearest_rank(waits, 50),
                "p90_ms": nearest_rank(waits, 90),
            }
        )
    return {"steps": shown, "excluded": 0, "maturing": sum(chain[0].time > as_of - within for chain in best)}


# ---- paths


def paths_of(events, query, window):
    root, forward = (query["from"], True) if "from" in query else (query["to"], False)
    by_session = defaultdict(list)
    for event in events:
        if window[0] < event.time <= window[1] and event.kind in ("view", "click"):
            by_session[event.session].append(event)
    walks = []
    for visits in by_session.values():
        views = [e for e in visits if e.kind == "view"] or visits
        pages = []
        for event in sorted(views, key=lambda e: (e.time, e.number)):
            if not pages or pages[-1] != event.page:
                pages.append(event.page)
        if not forward:
            pages.reverse()
        if root in pages:
            walks.append(tuple(pages[pages.index(root) :]))
    nodes = {}

    def grow(prefix):
        here = [walk for walk in walks if walk[: len(prefix)] == prefix]
        after = defaultdict(int)
        for walk in here:
            if len(walk) > len(prefix):
                after[walk[len(prefix)]] += 1
        last = len(prefix) > 5
        order = sorted(after, key=lambda page: (-after[page], page))
        rest = [] if last else order[5:]
        ended = 0 if last else sum(len(walk) == len(prefix) for walk in here)
        nodes[prefix] = (len(here), ended, len(rest), sum(after[page] for page in rest))
        for page in [] if last else order[:5]:
            grow(prefix + (page,))

    if walks:
        grow((root,))
    return nodes


def nodes_of(answer):
    found, places = {}, {}
    for node in answer["nodes"]:
        places[node["id"]] = (*places.get(node["parent"], ()), node["page_url"])
        found[places[node["id"]]] = (node["sessions"], node["ended"], node["rest"]["pages"], node["rest"]["sessions"])
    return found


# ---- retention


def retention_of(events, query, answer, as_of):
    length = DAY if query.get("interval", "day") == "day" else 7 * DAY
    monday = 0 if length == DAY else 4 * DAY
    place = lambda ms: (ms - monday) // length
    start, end = (epoch(answer["window"][side]) + 1 for side in ("from", "to"))
    first_seen, active = {}, defaultdict(set)
    for event in events:
        first_seen[event.user] = min(event.time, first_seen.get(event.user, event.time))
        if event.time < end:
            active[event.user].add(place(event.time))
    cohorts = []
    for cohort in range(place(start), place(min(end - 1, as_of)) + 1):
        users = [user for user, time in first_seen.items() if place(time) == cohort]
        returns = []
        for later in range(cohort + 1, place(min(end - 1, as_of)) + 1):
            running = later == place(as_of)
            back = sum(later in active[user] for user in users)
            returns.append(
                {"interval": later - cohort, "users": None if running else back, "share": None if running else share(back, len(users))}
            )
        time = cohort * length + monday
        cohorts.append({"time": time, "running": cohort == place(as_of), "users": len(users), "returns": returns})
    return cohorts


# ---- journeys, figures


def journey_of(events, user):
    mine = sorted((e for e in events if e.user == user), key=lambda e: (e.time, e.number))
    sessions = defaultdict(list)
    for event in mine:
        sessions[event.session].append(event)
    return [
        {
            "session_id": session,
            "started_at": iso(own[0].time),
            "ended_at": iso(own[-1].time),
            "duration_ms": own[-1].time - own[0].time,
            "total_events": len(own),
            "entry_page": own[0].page,
            "exit_page": own[-1].page,
            "continued": False,
            "events": [
                {
                    "event_id": f"00000000-0000-4000-8000-{e.number:012x}",
                    "event_type": "click" if e.kind == "view" else e.kind,
                    "occurred_at": iso(e.time),
                    "page_url": e.page,
                    "interaction": "view" if e.kind == "view" else None,
                    "reaction": None,
                    "conversion_type": e.name if e.kind == "conversion" else None,
                    "amount": money(e.cents) if e.kind == "sale" else None,
                    "currency": "EUR" if e.kind == "sale" else None,
                }
                for e in own
            ],
        }
        for session, own in sessions.items()
    ]


def figures_of(events):
    count = lambda kind: sum(e.kind == kind for e in events)
    sold = sum(e.cents for e in events if e.kind == "sale")
    return {
        "total_clicks": count("click"),
        "total_conversions": count("conversion"),
        "total_sales": count("sale"),
        "total_views": count("view"),
        "total_votes": 0,
        "conversion_rate": share(count("conversion"), count("click")),
        "revenue": [money(sold)] if count("sale") else [],
    }


def figures_in(answer):
    wanted = ("total_clicks", "total_conversions", "total_sales", "total_views", "total_votes", "conversion_rate")
    return {**{name: answer[name] for name in wanted}, "revenue": [of["amount"] for of in answer["revenue"]]}
