import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../language/language.js';

/**
 * The secret that signs a webhook's notices, from the one answer that holds it. It is kept nowhere else, and disappears with
 * the rule's page.
 */
export const shownSecret = signal<{ readonly rule: string; readonly secret: string } | null>(null);

export function Secret({ rule }: { rule: string }) {
  const shown = shownSecret.value;
  const [copied, setCopied] = useState(false);
  useEffect(() => () => void (shownSecret.value = null), []);
  if (shown?.rule !== rule) return null;
  const copy = () => void navigator.clipboard?.writeText(shown.secret).then(() => setCopied(true));
  return (
    <section class="card secret" role="status">
      <h2>{t('secretTitle')}</h2>
      <p>{t('secretOnce')}</p>
      <pre tabIndex={0}>{shown.secret}</pre>
      <div class="row">
        <button class="btn" onClick={copy}>
          {copied ? t('copied') : t('copy')}
        </button>
        <button class="btn" onClick={() => (shownSecret.value = null)}>
          {t('secretKept')}
        </button>
      </div>
    </section>
  );
}
