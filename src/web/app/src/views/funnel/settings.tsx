import { get } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { t } from '../../language/language.js';
import { Choice } from '../../parts/choice.js';
import { go, parameter, withParameters } from '../../shell/address.js';
import { windowParameters } from '../../shell/window.js';
import { USUAL_WITHIN, WITHINS, withinText } from './steps.js';

const SUBJECTS = ['user', 'session'] as const;
const BY = { user: 'byUsers', session: 'bySessions' } as const;
const SUGGESTED = 30;
/** The most suggestions that are shown while a page or a type is written. */
export const PAGES_ID = 'known-pages';
export const TYPES_ID = 'known-types';

interface Of {
  readonly by: (typeof SUBJECTS)[number];
  readonly within: string;
}

/** Whose steps, in how much time, and where the first one was. */
export function FunnelSettings({ by, within }: Of) {
  const known: readonly string[] = WITHINS;
  return (
    <>
      <div class="settings-row">
        <Choice name="by" label={t('countedBy')} of={SUBJECTS} text={(one) => t(BY[one])} chosen={by} />
        <label>
          {t('within')}
          <select
            class="btn"
            value={within}
            onChange={({ currentTarget: { value } }) =>
              go(withParameters({ within: value === USUAL_WITHIN ? null : value }))
            }
          >
            {[...(known.includes(within) ? [] : [within]), ...WITHINS].map((one) => (
              <option value={one}>{withinText(one)}</option>
            ))}
          </select>
          <span class="more">{t('withinSub')}</span>
        </label>
        <label>
          {t('firstPage')}
          {/* Not the value: what is being written stays when figures come. */}
          <input
            key={parameter('page_url')}
            defaultValue={parameter('page_url') ?? ''}
            list={PAGES_ID}
            placeholder={t('anyPage')}
            onChange={({ currentTarget: { value } }) => go(withParameters({ page_url: value.trim() || null }))}
          />
        </label>
      </div>
      <Suggestions />
    </>
  );
}

/** Suggests pages and types of the window, the most frequent first. Without suggestions everything can still be written. */
function Suggestions() {
  const asked = windowParameters('7d');
  const question = JSON.stringify(asked);
  const pages = useAnswer(question, (signal) => get('/metrics/pages', { ...asked, limit: SUGGESTED }, signal));
  const types = useAnswer(question, (signal) => get('/metrics', { ...asked, include: 'types' }, signal));
  const texts = {
    [PAGES_ID]: (pages.data?.pages ?? []).map(({ page_url }) => page_url),
    [TYPES_ID]: (types.data?.types?.types ?? []).flatMap(({ conversion_type }) => conversion_type ?? []),
  };
  return (
    <>
      {Object.entries(texts).map(([id, options]) => (
        <datalist id={id}>
          {options.map((text) => (
            <option value={text} />
          ))}
        </datalist>
      ))}
    </>
  );
}
