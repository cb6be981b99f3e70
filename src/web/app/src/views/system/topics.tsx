import type { Freshness } from '../../../../../metrics/application/answers/freshness.answer.js';
import { number, oneDecimal, t } from '../../language/language.js';
import { Table } from '../../parts/table.js';
import { missingReason } from '../../shell/freshness.js';
import { shortTopic } from './history.js';
import type { Sample } from './telemetry.js';

type Figures = ReadonlyMap<string, readonly Sample[]>;

/** Shows what waits in each topic, and the reason if something is wrong. */
export function Topics({ figures, missing }: { figures: Figures; missing: Freshness['missing'] }) {
  const of = (name: string, topic: string) =>
    figures.get(name)?.find(({ labels }) => shortTopic(labels['topic'] ?? '') === topic)?.value;
  const named = [...(figures.get('monitoreo_consumer_delayed_messages') ?? []).map(({ labels }) => labels['topic']!)];
  const topics = [...new Set([...named, ...missing.flatMap(({ topic }) => topic ?? [])].map(shortTopic))].sort();
  return (
    <Table
      label={t('topics')}
      stacked
      empty={missing.map((one) => missingReason(one)).join(', ') || t('topicsNone')}
      columns={[
        { title: t('topic') },
        { title: t('state') },
        { title: t('waiting'), numeric: true },
        { title: t('delayed'), numeric: true },
      ]}
      rows={topics.map((topic) => {
        const wrong = missing.find((one) => one.topic !== null && shortTopic(one.topic) === topic);
        const [waits, delayed] = [
          of('monitoreo_consumer_lag_seconds', topic),
          of('monitoreo_consumer_delayed_messages', topic),
        ];
        return [
          topic,
          <span class="k" title={wrong?.detail}>
            <span class={wrong ? 'dot amber' : 'dot'} aria-hidden="true" />
            {wrong ? missingReason(wrong) : t('upToDate')}
          </span>,
          waits === undefined ? '–' : t('seconds', { n: oneDecimal(waits) }),
          delayed === undefined ? '–' : number(delayed),
        ];
      })}
    />
  );
}
