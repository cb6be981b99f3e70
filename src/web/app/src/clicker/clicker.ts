import '../style.css';
import { number, t } from '../language/language.js';
import '../shell/theme.js';
import { type Store, type Vote, VoteQueue } from './queue.js';

/** Two buttons need no framework. */
const THUMB = 'M7 11v9H3.5v-9zM7 11l4-8c1.6 0 2.5 1.1 2.5 2.6V9h5.2c1.2 0 2 1.1 1.8 2.2l-1.3 7c-.2 1-1 1.8-2.1 1.8H7';
const TOTALS_MS = 3_000;
const SVG = 'http://www.w3.org/2000/svg';

const kept = (name: string): string | null => {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
};
const keep = (name: string, value: string) => {
  try {
    localStorage.setItem(name, value);
  } catch {
    // They live as long as the page.
  }
};

const store: Store = {
  read: () => JSON.parse(kept('monitoreo.votes') ?? '[]') as Vote[],
  write: (votes) => keep('monitoreo.votes', JSON.stringify(votes)),
};
const mine: Record<Vote['type'], number> = {
  cheers: 0,
  hate: 0,
  ...(JSON.parse(kept('monitoreo.mine') ?? '{}') as object),
};

async function send(vote: Vote): Promise<boolean> {
  try {
    const response = await fetch('/live/click', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...vote, page_url: '/clicker' }),
      keepalive: true,
    });
    // The defect of a vote will not mend by itself.
    return response.ok || response.status === 400;
  } catch {
    return false;
  }
}

const element = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  text = '',
): HTMLElementTagNameMap[K] => {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
};

function button(type: Vote['type'], color: string): { made: HTMLButtonElement; show: () => void } {
  const made = element('button', `big ${type}`);
  made.dataset.vote = type;
  const icon = document.createElementNS(SVG, 'svg');
  for (const [name, value] of Object.entries({
    viewBox: '0 0 24 24',
    fill: 'none',
    stroke: `var(${color})`,
    'stroke-width': '1.6',
    'stroke-linejoin': 'round',
    'aria-hidden': 'true',
  })) {
    icon.setAttribute(name, value);
  }
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', THUMB);
  icon.append(path);
  const count = element('em', '');
  made.append(icon, element('span', '', t(type)), count);
  made.addEventListener('click', () => {
    mine[type] += 1;
    keep('monitoreo.mine', JSON.stringify(mine));
    made.classList.remove('on');
    requestAnimationFrame(() => made.classList.add('on'));
    navigator.vibrate?.(10);
    queue.add({ event_id: newId(), type });
  });
  return { made, show: () => (count.textContent = t('you', { n: number(mine[type]) })) };
}

/** `randomUUID` exists on secure pages alone, and a room of phones comes over plain HTTP. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const cheers = button('cheers', '--conversion');
const hate = button('hate', '--bad');
const total = element('span', '');
const dot = element('span', 'dot');
const statusLine = element('span', '');
const state = element('span', 'fresh');
state.setAttribute('role', 'status');
state.append(dot, statusLine);

const queue = new VoteQueue(send, store, show);

function show(): void {
  cheers.show();
  hate.show();
  const waits = queue.length > 0 && queue.failing;
  dot.className = waits ? 'dot amber' : 'dot';
  statusLine.textContent = waits ? t('waitingVotes', { n: number(queue.length) }) : t('allArrived');
  state.dataset.waiting = String(queue.length);
}

async function totals(): Promise<void> {
  if (document.hidden) return;
  try {
    const response = await fetch('/live/data');
    if (!response.ok) return;
    const { totals: votes } = (await response.json()) as { totals: { cheers: number; hate: number } };
    total.textContent = `${t('votesSoFar', { n: number(votes.cheers + votes.hate) })} · `;
  } catch {
    // The state of the votes says it.
  }
}

const main = element('main', 'clicker');
const buttons = element('div', 'buttons');
const line = element('p', 'center');
const link = element('a', '', t('watchLive'));
link.href = '/dashboard/live';
const foot = element('p', 'center');
buttons.append(cheers.made, hate.made);
line.append(total, state);
foot.append(link);
main.append(element('h1', 'unseen', t('clicker')), buttons, line, foot);
document.title = `${t('clicker')} · monitoreo`;
document.getElementById('app')!.append(main);
show();
queue.go();
void totals();
setInterval(() => void totals(), TOTALS_MS);
