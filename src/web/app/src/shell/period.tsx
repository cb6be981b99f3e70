import { useRef } from 'preact/hooks';
import { range, t } from '../language/language.js';
import { go, withParameters } from './address.js';
import { paused } from './pause.js';
import {
  addressRange,
  COMPARES,
  comparing,
  ownZone,
  type Period,
  period,
  PERIODS,
  type Preset,
  presetRange,
  zone,
} from './window.js';

const PRESETS: readonly Preset[] = ['today', 'yesterday', 'thisMonth', 'lastMonth'];
const ranged = (from: string, to: string) => go(withParameters({ period: null, from, to }));

/** Which window, in which time zone, beside which other one. */
export function PeriodPicker() {
  return (
    <>
      <WindowPicker />
      <ComparePicker />
      <ZonePicker />
      <button class="btn pause" aria-pressed={paused.value} onClick={() => (paused.value = !paused.value)}>
        {paused.value ? t('resume') : t('pause')}
      </button>
    </>
  );
}

/** @param unset the period that holds where the address names none */
export function WindowPicker({ unset }: { unset?: Period }) {
  return (
    <span class="seg" role="group" aria-label={t('period')}>
      {PERIODS.map((one) => (
        <button
          aria-pressed={period(unset) === one}
          onClick={() => go(withParameters({ period: one, from: null, to: null }))}
        >
          {one}
        </button>
      ))}
      <RangeMenu />
    </span>
  );
}

/** A range, or what holds without one. @param unset what that is */
export function RangePicker({ unset }: { unset: string }) {
  return (
    <span class="seg" role="group" aria-label={t('period')}>
      <button aria-pressed={period() !== null} onClick={() => go(withParameters({ from: null, to: null }))}>
        {unset}
      </button>
      <RangeMenu />
    </span>
  );
}

function RangeMenu() {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = () => menu.current?.removeAttribute('open');
  const choose = (preset: Preset) => {
    const { from, to } = presetRange(preset, Date.now(), zone());
    ranged(from, to);
    close();
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const time = (name: string) => new Date(form.get(name) as string).toISOString();
    ranged(time('from'), time('to'));
    close();
  };
  return (
    <details ref={menu} class="menu" onKeyDown={(event) => event.key === 'Escape' && close()}>
      <summary class={period() === null ? 'pressed' : ''}>{rangeText() ?? t('range')}</summary>
      <div class="sheet">
        {PRESETS.map((preset) => (
          <button class="item" onClick={() => choose(preset)}>
            {t(preset)}
          </button>
        ))}
        <form onSubmit={submit}>
          <label>
            {t('from')}
            <input type="datetime-local" name="from" required />
          </label>
          <label>
            {t('to')}
            <input type="datetime-local" name="to" required />
          </label>
          <button class="btn">{t('apply')}</button>
        </form>
      </div>
    </details>
  );
}

/** Chooses the window to compare with. */
export function ComparePicker() {
  return (
    <select
      class="btn"
      aria-label={t('compareWith')}
      value={comparing() ?? 'none'}
      onChange={({ currentTarget: { value } }) => go(withParameters({ compare: value === 'previous' ? null : value }))}
    >
      <option value="none">{t('compare_none')}</option>
      {COMPARES.map((one) => (
        <option value={one}>{t(`compare_${one}`)}</option>
      ))}
    </select>
  );
}

/** The range that is looked at, short enough for a button; null: it is a period. */
function rangeText(): string | null {
  const asked = addressRange();
  return asked === null ? null : range(asked.from, asked.to, zone());
}

const ZONES = [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])];

export function ZonePicker() {
  const own = ownZone();
  const known = [...new Set([own, zone(), ...ZONES])];
  return (
    <select
      class="btn zone"
      aria-label={t('timeZone')}
      value={zone()}
      onChange={(event) => go(withParameters({ tz: event.currentTarget.value }))}
    >
      {known.map((name) => (
        <option value={name}>{name}</option>
      ))}
    </select>
  );
}
