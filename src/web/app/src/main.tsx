import './style.css';
import { type ComponentType, render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { address } from './shell/address.js';
import { Head, Shell } from './shell/shell.js';
import { readSession } from './shell/sign-in.js';
import { Skeleton } from './parts/states.js';
import { t } from './language/language.js';
import { Overview } from './views/overview/overview.js';

type View = ComponentType<{ rest: string }>;

/** Views by their path behind `/dashboard`. They are loaded when they are opened. */
const VIEWS: Readonly<Record<string, () => Promise<View>>> = {
  live: async () => (await import('./views/live/live.js')).Live,
  events: async () => (await import('./views/events/events.js')).Events,
  funnel: async () => (await import('./views/funnel/funnel.js')).FunnelView,
  paths: async () => (await import('./views/paths/paths.js')).PathsView,
  retention: async () => (await import('./views/retention/retention.js')).RetentionView,
  users: async () => (await import('./views/user/user.js')).User,
  'dead-letters': async () => (await import('./views/dead-letters/dead-letters.js')).DeadLetters,
  services: async () => (await import('./views/services/services.js')).Services,
  '/secret-heatmap': async () => (await import('./views/heatmap/heatmap.js')).Heatmap,
  alerts: async () => (await import('./views/alerts/alerts.js')).Alerts,
  reports: async () => (await import('./views/reports/reports.js')).Reports,
  system: async () => (await import('./views/system/system.js')).System,
};
const loaded = new Map<string, View>();

function Routed() {
  const { pathname } = address.value;
  const [, name = '', rest = ''] = /^\/dashboard\/?([^/]*)\/?(.*)$/.exec(pathname) ?? [pathname, pathname];
  const [, setTurn] = useState(0);
  const load = VIEWS[name];
  useEffect(() => {
    if (load === undefined || loaded.has(name)) return;
    void load().then((view) => {
      loaded.set(name, view);
      setTurn((turn) => turn + 1);
    });
  }, [name]);
  if (name === '') return <Overview />;
  if (load === undefined) return <Head title={t('notFound')} />;
  const LoadedView = loaded.get(name);
  return LoadedView ? <LoadedView key={name + rest} rest={decodeURIComponent(rest)} /> : <Skeleton height={400} />;
}

void readSession();
render(
  <Shell>
    <Routed />
  </Shell>,
  document.getElementById('app')!,
);
