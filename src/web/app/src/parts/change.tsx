import { number, oneDecimal, percent, t } from '../language/language.js';

interface Of {
  readonly absolute: number;
  /** Null: the base is 0. */
  readonly percent: number | null;
  /** The earlier rate, for a change in percentage points; null: there was none before. */
  readonly rateBefore?: number | null;
  /** Writes the absolute change, if it is no count. */
  readonly text?: (value: number) => string;
}

/** The change of a figure from the window before: arrow and number, and words for who hears it. */
export function Change({ absolute, percent: relative, rateBefore, text = number }: Of) {
  const [arrow, word, tone] =
    absolute > 0 ? ['▲', t('up'), 'up'] : absolute < 0 ? ['▼', t('down'), 'down'] : ['=', t('same'), ''];
  if (rateBefore !== undefined && rateBefore !== null) {
    return (
      <span class="c">
        <span class={tone}>
          <span aria-hidden="true">{arrow} </span>
          <span class="unseen">{word} </span>
          {t('points', { n: oneDecimal(Math.abs(Math.round(absolute * 100) / 100)) })}
        </span>
        <span>{t('wasBefore', { value: percent(rateBefore) })}</span>
      </span>
    );
  }
  if (relative === null || rateBefore === null) {
    return (
      <span class="c">
        <span>{t('noBase')}</span>
      </span>
    );
  }
  return (
    <span class="c">
      <span class={tone}>
        <span aria-hidden="true">{arrow} </span>
        <span class="unseen">{word} </span>
        {oneDecimal(Math.abs(relative))} %
      </span>
      <span>
        {absolute > 0 ? '+' : absolute < 0 ? '−' : ''}
        {text(Math.abs(absolute))}
      </span>
    </span>
  );
}
