import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Asked } from '../api/use-answer.js';
import type { RequestFailed } from '../api/problem.js';
import { t } from '../language/language.js';
import { signingIn } from '../shell/sign-in.js';

interface Of<T> {
  readonly asked: Asked<T>;
  /** Holds the place of the figures until they come. */
  readonly skeleton?: ComponentChildren;
  readonly children: (data: T) => ComponentChildren;
}

/** The states of whatever is asked for: loading, no rights, error, and the data; old data stays under an error. */
export function Answered<T>({ asked: { data, error, again }, skeleton, children }: Of<T>) {
  if (data === null && error === null) return <>{skeleton ?? <Skeleton height={160} />}</>;
  return (
    <>
      {error !== null && <Failed error={error} again={again} />}
      {data !== null && children(data)}
    </>
  );
}

export function Skeleton({ height }: { height: number }) {
  return (
    <div class="skeleton" style={{ height: `${height}px` }} role="status">
      <span class="unseen">{t('loading')}</span>
    </div>
  );
}

export function Failed({ error, again }: { error: RequestFailed; again: () => void }) {
  if (error.needsKey) {
    return (
      <section class="card state" role="status">
        <h2>{t('noRights')}</h2>
        <p>{t('noRightsHow')}</p>
        <button class="btn" onClick={() => (signingIn.value = true)}>
          {t('signIn')}
        </button>
      </section>
    );
  }
  return (
    <section class="card state" role="alert">
      <h2>{t('errorTitle')}</h2>
      <p>{error.status === 0 ? t('errorNetwork') : error.detail}</p>
      {error.requestId !== null && <p class="sub">{t('errorRequest', { id: error.requestId })}</p>}
      <button class="btn" onClick={again}>
        {t('retry')}
      </button>
    </section>
  );
}

const ONE_CLICK = `curl -X POST ${location.origin}/track -H 'Content-Type: application/json' -d '{"page_url":"/","x":0.5,"y":0.5,"viewport_width":1440,"viewport_height":900}'`;

/** Says how the first event gets in. @param how what the line is for */
export function Empty({ how = t('emptyHow'), line = ONE_CLICK }: { how?: string; line?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard?.writeText(line).then(() => setCopied(true));
  return (
    <section class="card state">
      <h2>{t('emptyTitle')}</h2>
      <p>{how}</p>
      <pre tabIndex={0}>{line}</pre>
      <button class="btn" onClick={copy}>
        {copied ? t('copied') : t('copy')}
      </button>
    </section>
  );
}

export function Partial({ reason }: { reason: string }) {
  return (
    <p class="partial" role="status">
      {t('partial', { reason })}
    </p>
  );
}
