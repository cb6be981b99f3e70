import { t, type Word } from '../../language/language.js';
import { go, parameter, withParameters } from '../../shell/address.js';

export const FILTERS = ['event_type', 'user_id', 'session_id', 'page_url', 'label'] as const;
const WORDS: Record<(typeof FILTERS)[number], Word> = {
  event_type: 'eventType',
  user_id: 'userId',
  session_id: 'sessionId',
  page_url: 'page',
  label: 'label',
};
const TYPES = ['click', 'conversion', 'sale'] as const;

export const filterParameters = (): Record<string, string | null> =>
  Object.fromEntries(FILTERS.map((name) => [name, parameter(name)]));

/** The filters of the list, all of which stand in the address. */
export function Filters() {
  const set = FILTERS.filter((name) => parameter(name) !== null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const data = new FormData(form);
    const [name, value] = [data.get('name') as string, (data.get('value') as string).trim()];
    if (value !== '') go(withParameters({ [name]: value }));
    form.reset();
  };
  return (
    <div class="filters">
      <select
        class="btn"
        aria-label={t('eventType')}
        value={parameter('event_type') ?? ''}
        onChange={(event) => go(withParameters({ event_type: event.currentTarget.value || null }))}
      >
        <option value="">{t('anyType')}</option>
        {TYPES.map((type) => (
          <option value={type}>{t(type)}</option>
        ))}
      </select>
      <form onSubmit={submit} class="row">
        <select name="name" class="btn" aria-label={t('addFilter')}>
          {FILTERS.slice(1).map((name) => (
            <option value={name}>{t(WORDS[name])}</option>
          ))}
        </select>
        <input name="value" aria-label={t('addFilter')} />
        <button class="btn">{t('addFilter')}</button>
      </form>
      {set.map((name) => (
        <button class="chip" onClick={() => go(withParameters({ [name]: null }))}>
          {t(WORDS[name])}: {parameter(name)} <span aria-hidden="true">×</span>
          <span class="unseen">{t('removeFilter', { name: t(WORDS[name]) })}</span>
        </button>
      ))}
    </div>
  );
}
