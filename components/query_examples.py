"""Queries to begin with: each runs as it stands, and answers what shifters and analysts ask."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """One query, and how its answer is drawn."""

    title: str
    sql: str
    plot: str = ""
    x: str = ""
    y: str = ""


EXAMPLES = (
    Example(
        "Good luminosity per era",
        """-- recorded, and recorded while tracker, ECAL and HCAL were all GOOD in Prompt
SELECT era,
       sum(recorded_lumi_invpb) AS recorded_invpb,
       sum(recorded_lumi_invpb) FILTER (
         WHERE "tracker-pixel" = 'GOOD' AND "tracker-strip" = 'GOOD'
           AND "ecal-ecal" = 'GOOD' AND "hcal-hcal" = 'GOOD') AS good_invpb,
       round(100 * good_invpb / recorded_invpb, 1) AS good_percent
FROM lumisections
WHERE stage = 'prompt'
GROUP BY era
ORDER BY era""",
        "bars",
        "era",
        "good_invpb",
    ),
    Example(
        "Columns that lose most",
        """-- luminosity of OMS on BAD lumisections; one lumisection can count for several columns
SELECT v."column", sum(l.recorded_lumi_invpb) AS lost_invpb, count(*) AS lumisections
FROM verdict_ranges v
JOIN luminosity l ON l.run_number = v.run_number AND l.lumisection BETWEEN v.first AND v.last
WHERE v.stage = 'prompt' AND v.status = 'BAD' AND l.source = 'OMS'
GROUP BY v."column"
ORDER BY lost_invpb DESC
LIMIT 20""",
        "bars",
        "column",
        "lost_invpb",
    ),
    Example(
        "Runs with the tracker BAD on more than 10 % of their LS",
        """SELECT run_number, era, count(*) AS lumisections,
       count(*) FILTER (WHERE 'BAD' IN ("tracker-pixel", "tracker-strip", "tracker-track")) AS bad,
       round(100 * bad / count(*), 1) AS bad_percent,
       sum(recorded_lumi_invpb) AS recorded_invpb
FROM lumisections
WHERE stage = 'prompt'
GROUP BY run_number, era
HAVING bad > 0.1 * count(*)
ORDER BY bad_percent DESC, run_number""",
        "scatter",
        "run_number",
        "bad_percent",
    ),
    Example(
        "Hours from the end of a run to its last sign-off",
        """SELECT r.era, count(*) AS datasets, round(median(hours), 1) AS median_h,
       round(max(hours), 1) AS longest_h
FROM (SELECT run_number, dataset, max(happened_at) AS signed_at
      FROM history WHERE kind = 'dataset-state-moved' GROUP BY ALL) s
JOIN runs r USING (run_number),
LATERAL (SELECT date_diff('second', r.start_time, s.signed_at) / 3600 - r.duration_s / 3600 AS hours)
WHERE s.dataset <> 'online'
GROUP BY r.era
ORDER BY r.era""",
        "bars",
        "era",
        "median_h",
    ),
    Example(
        "Persons against rules, column by column",
        """SELECT "column",
       sum(last - first + 1) FILTER (WHERE is_person) AS by_person,
       sum(last - first + 1) FILTER (WHERE NOT is_person) AS by_rule
FROM verdict_ranges
WHERE stage = 'prompt'
GROUP BY "column"
ORDER BY by_person DESC NULLS LAST""",
        "bars",
        "column",
        "by_person",
    ),
    Example(
        "Why lumisections are BAD",
        """SELECT cause, count(DISTINCT run_number) AS runs, sum(last - first + 1) AS lumisections
FROM verdict_ranges
WHERE status = 'BAD' AND stage = 'prompt'
GROUP BY cause
ORDER BY lumisections DESC""",
        "bars",
        "cause",
        "lumisections",
    ),
    Example(
        "What happened, day by day",
        """SELECT date_trunc('day', happened_at) AS day, kind, count(*) AS events
FROM history
GROUP BY day, kind
ORDER BY day, kind""",
        "scatter",
        "day",
        "events",
    ),
)
