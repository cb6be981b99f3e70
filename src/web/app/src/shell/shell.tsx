import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { get } from '../api/client.js';
import { useAnswer } from '../api/use-answer.js';
import { chooseLanguage, language, number, t, type Word } from '../language/language.js';
import { address, viewAddress } from './address.js';
import { AlertLine } from './alert-line.js';
import { SignedIn, SignIn } from './sign-in.js';
import { theme, THEMES } from './theme.js';

interface Entry {
  readonly path: string;
  readonly word: Word;
  readonly phone?: boolean;
}
const LOOK: readonly Entry[] = [
  { path: '/dashboard', word: 'overview', phone: true },
  { path: '/dashboard/live', word: 'live', phone: true },
  { path: '/dashboard/events', word: 'events', phone: true },
  { path: '/secret-heatmap', word: 'heatMap' },
  { path: '/dashboard/funnel', word: 'funnel' },
  { path: '/dashboard/paths', word: 'paths' },
  { path: '/dashboard/retention', word: 'retention' },
  { path: '/dashboard/reports', word: 'reports' },
];
const OPERATE: readonly Entry[] = [
  { path: '/dashboard/alerts', word: 'alerts' },
  { path: '/dashboard/dead-letters', word: 'deadLetters', phone: true },
  { path: '/dashboard/services', word: 'services' },
  { path: '/dashboard/system', word: 'system' },
];
/** How often rules are judged. */
const ALERTS_EVERY_MS = 15_000;
const MOST_FIRING = 100;
const THEME_WORDS = { auto: 'themeAuto', light: 'themeLight', dark: 'themeDark' } as const;

const isAt = (path: string): boolean => {
  const { pathname } = address.value;
  return pathname === path || (path !== '/dashboard' && pathname.startsWith(`${path}/`));
};

/** The frame around every view. */
export function Shell({ children }: { children: ComponentChildren }) {
  const letters = useAnswer('counts', (signal) => get('/dead-letters/counts', {}, signal), 30_000);
  const wanted = { state: 'firing', limit: MOST_FIRING };
  const firing = useAnswer('firing', (signal) => get('/alerts', wanted, signal), ALERTS_EVERY_MS).data?.alerts ?? [];
  const link = ({ path, word, phone }: Entry) => (
    <a href={viewAddress(path)} aria-current={isAt(path) ? 'page' : undefined} class={phone ? '' : 'wide'}>
      {t(word)}
      {word === 'deadLetters' && letters.data !== null && letters.data.open > 0 && (
        <span class="n">{number(letters.data.open)}</span>
      )}
      {word === 'alerts' && firing.length > 0 && (
        <span class="n">
          <span aria-hidden="true">{number(firing.length)}</span>
          <span class="unseen">{t('firingCount', { n: number(firing.length) })}</span>
        </span>
      )}
    </a>
  );
  const next = () => (theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length]!);
  const settings = (
    <>
      <button class="plain" onClick={next}>
        {t(THEME_WORDS[theme.value])}
      </button>
      <button
        class="plain"
        lang={language === 'en' ? 'es' : 'en'}
        onClick={() => chooseLanguage(language === 'en' ? 'es' : 'en')}
      >
        {t('language')}
      </button>
      <SignedIn />
    </>
  );
  return (
    <div class="shell">
      <a class="skip" href="#content">
        {t('skip')}
      </a>
      <nav aria-label={t('views')}>
        <div class="brand">
          <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
            <rect x="1" y="9" width="3.4" height="8" rx="1" fill="var(--click)" />
            <rect x="7.3" y="5" width="3.4" height="12" rx="1" fill="var(--conversion)" />
            <rect x="13.6" y="1" width="3.4" height="16" rx="1" fill="var(--sale)" />
          </svg>
          monitoreo
        </div>
        {LOOK.map(link)}
        <div class="grp">{t('operate')}</div>
        {OPERATE.map(link)}
        <div class="settings">{settings}</div>
        <details class="menu phone">
          <summary>{t('more')}</summary>
          <div class="sheet">
            {[...LOOK, ...OPERATE].filter(({ phone }) => !phone).map(link)}
            {settings}
          </div>
        </details>
      </nav>
      <main id="content" tabIndex={-1}>
        <AlertLine firing={firing} />
        {children}
      </main>
      <SignIn />
    </div>
  );
}

/** The title of a view, and what stands at its right. */
export function Head({ title, children }: { title: string; children?: ComponentChildren }) {
  useEffect(() => {
    document.title = `${title} · monitoreo`;
  }, [title]);
  return (
    <header>
      <h1 tabIndex={-1}>{title}</h1>
      {children}
    </header>
  );
}
