import type { HeatmapPages } from '../../../../../heatmap/application/answers/pages.answer.js';
import { number, t } from '../../language/language.js';
import { shortNames } from '../../parts/short-names.js';
import { go, parameter, withParameters } from '../../shell/address.js';

/** Which page, and whose clicks. */
export function PageList({ pages: { pages, rest }, chosen }: { pages: HeatmapPages; chosen: string | null }) {
  const shorten = shortNames(pages.map(({ page_url }) => page_url));
  return (
    <div class="card">
      <h2>{t('clickedPages')}</h2>
      <ul class="page-list" aria-label={t('clickedPages')}>
        {pages.map(({ page_url, clicks }) => (
          <li>
            <a
              href={withParameters({ page_url, cell: null })}
              aria-current={page_url === chosen ? 'true' : undefined}
              title={page_url}
            >
              <span>{shorten(page_url)}</span>
              <span>{number(clicks)}</span>
            </a>
          </li>
        ))}
      </ul>
      {rest.pages > 0 && <p class="sub">{t('morePages', { n: number(rest.pages), clicks: number(rest.clicks) })}</p>}
      <OfUser />
    </div>
  );
}

function OfUser() {
  const user = parameter('user_id');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const value = (new FormData(form).get('user') as string).trim();
    if (value !== '') go(withParameters({ user_id: value, cell: null }));
    form.reset();
  };
  return (
    <div class="filters">
      <form class="row" onSubmit={submit}>
        <input name="user" aria-label={t('ofUser')} placeholder={t('ofUser')} />
        <button class="btn">{t('addFilter')}</button>
      </form>
      {user !== null && (
        <button class="chip" onClick={() => go(withParameters({ user_id: null, cell: null }))}>
          {t('userId')}: {user} <span aria-hidden="true">×</span>
          <span class="unseen">{t('removeFilter', { name: t('userId') })}</span>
        </button>
      )}
    </div>
  );
}
