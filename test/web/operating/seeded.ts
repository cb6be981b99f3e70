import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { AlertPage, AlertState } from '../../../src/alerts/application/answers/alert.answer.js';
import type { CreatedAlertRule } from '../../../src/alerts/application/answers/alert-rule.answer.js';
import { CreateRuleCommand } from '../../../src/alerts/application/rules/create-rule.command.js';
import { parseRule } from '../../../src/alerts/domain/parse-rule.js';
import { GetAlertsQuery } from '../../../src/alerts/application/get-alerts.query.js';
import { Evaluator } from '../../../src/alerts/application/evaluation/evaluator.js';
import { RegionList } from '../../../src/regions/domain/region-list.js';
import type { TestApplication } from '../../support/application.js';
import { eventually } from '../../support/waiting.js';
import { PAYLOADS } from '../payloads.js';

/** Another region, which nobody serves. */
export const WITH_A_REGION = { REGION: 'a', REGIONS: RegionList.parse('b=http://127.0.0.1:1') };

const A_MINUTE = 60_000;

export const makeRule = (application: TestApplication, rule: object): Promise<CreatedAlertRule> =>
  application.app.get(CommandBus).execute(new CreateRuleCommand(parseRule({ for_minutes: 0, ...rule })));

/** Rules that fire, wait and are not judged, and a history, with hostile text wherever text can be. @returns the id of one that fires */
export async function seedAlerts(application: TestApplication): Promise<string> {
  const letters = { name: PAYLOADS[0], metric: 'dead_letters', period: '1h', condition: 'above', threshold: 10 };
  const fires = await makeRule(application, letters);
  const lag = { name: 'the lag', metric: 'lag_ms', period: '1h', condition: 'above', threshold: 1_000 };
  await makeRule(application, { ...lag, for_minutes: 60, webhook_url: 'https://hooks.example.com/x' });
  const rate = { name: 'the rate falls', metric: 'conversion_rate', period: '1h', condition: 'below', threshold: 5 };
  await makeRule(application, rate);
  for (const text of PAYLOADS.filter((_, at) => at % 5 === 0)) {
    await makeRule(application, {
      ...{ name: text.slice(0, 100), metric: 'total_conversions', filter: { label: text.slice(0, 64) } },
      ...{ period: 90, condition: 'drops_by_pct', threshold: 20, enabled: false },
      webhook_url: `https://hooks.example.com/${encodeURIComponent(text)}`,
    });
  }
  await application.database.writers().query(
    `insert into alerts (id, rule_id, rule, state, judged, value, window_from, window_to, started_at, fired_at, resolved_at)
     select gen_random_uuid(), rule.id, rule.rule || jsonb_build_object('name', left(text, 100)), 'resolved', 'ok', 12,
       $2::timestamptz - interval '2 hours', $2::timestamptz - interval '1 hour', $2::timestamptz - place * interval '1 minute',
       $2::timestamptz - place * interval '1 minute', $2::timestamptz
     from unnest($1::text[]) with ordinality as given (text, place) cross join lateral
       (select id, rule from alert_rules where rule ->> 'metric' = 'total_conversions' limit 1) as rule`,
    [PAYLOADS, new Date(application.clock.time - A_MINUTE)],
  );
  // The turn of this moment was done before there was a rule, and the clock stands still.
  await application.database
    .writers()
    .query(`update alert_turns set turn = 0, claimed_until = '-infinity', done = true`);
  await eventually(
    async () => {
      await application.app.get(Evaluator, { strict: false }).now();
      const open = await Promise.all((['firing', 'pending'] as const).map((state) => alertsIn(application, state)));
      return open.every(({ alerts }) => alerts.length > 0);
    },
    { within: 60_000, what: 'the rules are judged' },
  );
  return fires.id;
}

const alertsIn = (application: TestApplication, state: AlertState): Promise<AlertPage> =>
  application.app.get(QueryBus).execute(new GetAlertsQuery(state, 1, null));

/** Merges that ended in every way and identities in conflict, with hostile text wherever text can be. */
export async function seedRegions(application: TestApplication): Promise<void> {
  const sql = application.database.writers();
  await sql.query(
    `insert into region_merges (id, region, dry_run, actor, state, started_at, finished_at, merged, known, conflicts, rejected,
       dead_letters, held_back_ms, held_back_by, code, detail)
     select gen_random_uuid(), 'b', place = 2, text, (array['done', 'failed', 'interrupted'])[(1 + place % 3)::int], $2::timestamptz - place * interval '1 hour',
       $2::timestamptz - place * interval '59 minutes', 1200, 300, 2, 1, 4, 1500, text, null, text
     from unnest($1::text[]) with ordinality as given (text, place)`,
    [PAYLOADS.slice(0, 12), new Date(application.clock.time)],
  );
  await sql.query(
    `insert into region_conflicts (event_key, event_type, fingerprint, event_id, content, first_seen)
     select ('00000000-0000-8000-8000-' || lpad(place::text, 12, '0'))::uuid, 'sale', version, text,
       jsonb_build_object('amount', version::text, 'currency', 'EUR', 'user_id', text, left(text, 60), text)::text, $2::timestamptz
     from unnest($1::text[]) with ordinality as given (text, place) cross join generate_series(1, 2) as version`,
    [PAYLOADS.slice(20, 60), new Date(application.clock.time)],
  );
}
