const PATIENCE_MS = 5_000;
/** The rule watches the clicks of a minute, so it fires a while after the stream began, and is over a while after it ends. */
const CROWD_S = 12;

export interface Service {
  /** The address of the service; null: not known. */
  readonly url: string | null;
  /** A key of the role admin, where there are keys. */
  readonly token: string | null;
}

/** One that fires while the demo runs, and one that stays quiet. @param rate events a second */
const rulesFor = (rate: number) => [
  {
    name: 'demo: a crowd is here',
    metric: 'total_clicks',
    period: 1,
    condition: 'above',
    threshold: rate * CROWD_S,
    for_minutes: 0,
    resolve_after_minutes: 1,
  },
  {
    name: 'demo: the rate falls',
    metric: 'conversion_rate',
    period: '1h',
    condition: 'below',
    threshold: 1,
    for_minutes: 5,
  },
];

/** Makes the rules that are not there yet. Never rejects: without them the rest of the demo goes on. @returns what to tell */
export async function watchDemo(service: Service, rate: number): Promise<string> {
  if (service.url === null) return 'No alert rules: it is not known where the service answers.';
  try {
    const { rules } = (await ask(service, 'GET')) as { rules: { name: string }[] };
    const known = new Set(rules.map(({ name }) => name));
    for (const rule of rulesFor(rate)) if (!known.has(rule.name)) await ask(service, 'POST', rule);
    return `${service.url}/dashboard/alerts: a rule fires while this runs; --no-alerts makes none`;
  } catch (error) {
    return `No alert rules: ${(error as Error).message}`;
  }
}

async function ask({ url, token }: Service, method: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${url}/alerts/rules`, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const answer = (await response.json()) as { detail?: string };
  if (!response.ok) throw new Error(answer.detail ?? `the service answers ${response.status}`);
  return answer;
}
