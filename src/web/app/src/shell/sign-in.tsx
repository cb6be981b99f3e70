import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SessionView } from '../../../../access/application/answers/session.answer.js';
import { get, signIn, signOut } from '../api/client.js';
import { RequestFailed } from '../api/problem.js';
import { t } from '../language/language.js';

export const signingIn = signal(false);
/** Undefined: not known yet; null: it cannot be known. */
export const session = signal<SessionView | null | undefined>(undefined);

/**
 * Whether what operates the service is offered, by a view that shows what needs a key to be read: to an `admin`, and, since who reads
 * it without being signed in reads a service without keys, to who is not signed in.
 */
export const mayOperate = (): boolean =>
  session.value !== undefined && [null, 'admin'].includes(session.value?.role ?? null);

/** A service without sessions answers 404: it is open, or takes its key in a header. */
export async function readSession(): Promise<void> {
  try {
    session.value = await get('/session');
  } catch {
    session.value = null;
  }
}

/** Asks for a key, once: the service then sets a cookie that no script reads. */
export function SignIn() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState('');
  const open = signingIn.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const key = new FormData(event.currentTarget as HTMLFormElement).get('key');
    try {
      session.value = await signIn(typeof key === 'string' ? key : '');
      location.reload();
    } catch (error) {
      const { status, needsKey, detail } = error as RequestFailed;
      setProblem(status === 404 ? t('keyNone') : needsKey ? t('keyWrong') : detail || t('errorNetwork'));
    }
  };
  return (
    <dialog ref={dialog} aria-labelledby="sign-in-title" onClose={() => (signingIn.value = false)}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id="sign-in-title">{t('signIn')}</h2>
        <label>
          {t('key')}
          <input type="password" name="key" required autocomplete="off" />
        </label>
        <p role="alert">{problem}</p>
        <div class="row end">
          <button type="button" class="btn" onClick={() => (signingIn.value = false)}>
            {t('cancel')}
          </button>
          <button class="btn primary">{t('signIn')}</button>
        </div>
      </form>
    </dialog>
  );
}

export function SignedIn() {
  const now = session.value;
  if (now == null) return null;
  if (now.role === null) {
    return (
      <button class="btn" onClick={() => (signingIn.value = true)}>
        {t('signIn')}
      </button>
    );
  }
  return (
    <button
      class="btn"
      title={t('signedIn', { name: now.name ?? '', role: now.role })}
      onClick={() => void signOut().then(() => location.reload())}
    >
      {t('signOut')}
    </button>
  );
}
