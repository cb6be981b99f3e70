import { t } from '../../language/language.js';
import { go, withParameters } from '../../shell/address.js';
import { NO_WAY } from './way.js';

/** Which page. @param pages that are suggested, most clicks first */
export function PageChoice({ page, pages }: { page: string; pages: readonly string[] }) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const value = new FormData(event.currentTarget as HTMLFormElement).get('page') as string;
    if (value.trim() !== '') go(withParameters({ ...NO_WAY, page_url: value.trim() }));
  };
  return (
    <form class="row page-choice" onSubmit={submit}>
      <input name="page" defaultValue={page} list="known-pages" aria-label={t('pathsPage')} required maxLength={2048} />
      <button class="btn">{t('lookAtPage')}</button>
      <datalist id="known-pages">
        {pages.map((one) => (
          <option value={one} />
        ))}
      </datalist>
    </form>
  );
}
