const DAY_MS = 86_400_000;
const instant = (at: number) => new Date(at).toISOString();
/** READ_TIMEOUT_MS as it is by default: what takes longer is refused. */
const A_READ_MS = 5_000;

export interface Route {
  readonly path: string;
  /** How often it is asked at most. */
  readonly requests: number;
  /** The largest p50, milliseconds. */
  readonly most: number;
  /** A person would write this first; it may answer less. */
  readonly plain: { readonly text: string; readonly values: readonly unknown[] };
}

/** The first of each step, which is not the best chain: it does not try a second start. */
const plainFunnel = (subject: string, within: string) => `
  with first as (
    select ${subject}, min(occurred_at) as at from events
    where event_type = 'click' and reaction is null and interaction is null and occurred_at > $1 and occurred_at <= $2
    group by ${subject}
  ), second as (
    select first.${subject}, first.at as began, min(events.occurred_at) as at from first join events using (${subject})
    where event_type = 'conversion' and conversion_type = 'signup' and occurred_at between first.at and first.at + interval '${within}'
    group by 1, 2
  ), third as (
    select second.${subject}, min(events.occurred_at) as at from second join events using (${subject})
    where event_type = 'sale' and occurred_at between second.at and second.began + interval '${within}'
    group by 1
  )
  select (select count(*) from first) as users, (select count(*) from second), (select count(*) from third)`;

/** Twice the same, by the rank of a click of its user: no third step, and no second start either. */
const PLAIN_REPEAT = `
  with clicks as (
    select user_id, occurred_at, row_number() over (partition by user_id order by occurred_at) as nth from events
    where event_type = 'click' and reaction is null and interaction is null and occurred_at > $1 and occurred_at <= $2
  )
  select count(*) filter (where nth = 1) as users, count(*) filter (where nth = 2) from clicks`;

/** Pairs of neighbours only: no tree. */
const PLAIN_PATHS = `
  select next, count(*) from (
    select page_url, lead(page_url) over (partition by session_id order by occurred_at) as next
    from events where event_type = 'click' and occurred_at > $1 and occurred_at <= $2
  ) visits where page_url = $3 group by next order by count(*) desc limit 5`;

const PLAIN_RETENTION = `
  with first as (select user_id, date_trunc('week', min(occurred_at)) as cohort from events group by user_id)
  select cohort, date_trunc('week', occurred_at), count(distinct user_id) from first join events using (user_id) group by 1, 2`;

/** @param until the end of the data, epoch milliseconds */
export function analystsRoutes(until: number): Route[] {
  const window = [instant(until - 7 * DAY_MS), instant(until)];
  const page = 'https://product.com/item/7';
  const funnel = (query: string, text: string): Route => ({
    path: `/funnel?steps=${query}&period=7d`,
    requests: 10,
    most: 3_000,
    plain: { text, values: window },
  });
  return [
    {
      path: '/users/user-4711/journey',
      requests: 1000,
      most: 5,
      plain: { text: 'select * from events where user_id = $1 order by occurred_at', values: ['user-4711'] },
    },
    funnel('click,conversion:signup,sale', plainFunnel('user_id', '7 days')),
    funnel('click,conversion:signup,sale&within=1h', plainFunnel('user_id', '1 hour')),
    funnel('click,conversion:signup,sale&by=session', plainFunnel('session_id', '7 days')),
    { ...funnel('click,click,sale', PLAIN_REPEAT), most: A_READ_MS },
    {
      path: `/paths?from=${encodeURIComponent(page)}&period=7d`,
      requests: 10,
      most: A_READ_MS,
      plain: { text: PLAIN_PATHS, values: [...window, page] },
    },
    {
      path: '/retention?interval=week',
      requests: 5,
      most: A_READ_MS,
      plain: { text: PLAIN_RETENTION, values: [] },
    },
  ];
}
