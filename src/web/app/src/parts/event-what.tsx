import type { EventView } from '../../../../events/application/answers/event.answer.js';
import { money, t } from '../language/language.js';

/** The fields of an event, or of one in a journey, that tell what happened. */
type Happened = Pick<EventView, 'event_type' | 'reaction' | 'interaction' | 'conversion_type' | 'amount' | 'currency'>;

/** Says in a word or two what happened. */
export function whatHappened({
  event_type,
  reaction,
  interaction,
  conversion_type,
  amount,
  currency,
}: Happened): string {
  if (event_type === 'sale') return `${t('sale')}${amount === null ? '' : ` ${money(amount, currency ?? 'XXX')}`}`;
  if (event_type === 'conversion')
    return `${t('conversion')}${conversion_type === null ? '' : ` · ${conversion_type}`}`;
  if (reaction !== null) return `${t('vote')} · ${t(reaction)}`;
  return interaction === null ? t('click') : t(interaction);
}

export const COLORS = { click: '--click', conversion: '--conversion', sale: '--sale' } as const;

export function EventWhat({ event }: { event: Happened }) {
  return (
    <span class="k">
      <i style={{ background: `var(${COLORS[event.event_type]})` }} aria-hidden="true" />
      <span>{whatHappened(event)}</span>
    </span>
  );
}

/** Everything that is known of it; free fields folded. */
export function EventDetails({ event: { properties, ...fields } }: { event: EventView }) {
  const known = Object.entries(fields).filter(([, value]) => value !== null);
  return (
    <div class="details">
      <dl>
        {known.map(([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>{typeof value === 'object' ? JSON.stringify(value) : String(value)}</dd>
          </div>
        ))}
      </dl>
      {Object.keys(properties).length > 0 && (
        <details>
          <summary>{t('properties')}</summary>
          <pre tabIndex={0}>{JSON.stringify(properties, null, 2)}</pre>
        </details>
      )}
    </div>
  );
}
