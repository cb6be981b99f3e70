import { useEffect, useState } from 'preact/hooks';
import type { LiveFrame } from '../../../../../live/application/answers/live.answer.js';
import { get } from '../../api/client.js';
import { paused } from '../../shell/pause.js';
import { NOTHING, type Watched, withBins, withData } from './bins.js';

/** Comments keep a connection open and tell a page nothing: a stream that says nothing for so long is asked around. */
const SILENCE_MS = 45_000;
const POLL_MS = 2_000;
/** Totals drift where a bin is corrected that the page has forgotten. */
const RENEW_MS = 60_000;

export type Connection = 'connecting' | 'connected' | 'polling' | 'lost' | 'paused';

export interface Live extends Watched {
  readonly connection: Connection;
  /** When something came last, epoch milliseconds. */
  readonly at: number | null;
}

/**
 * The stream while the page is seen, polling while the stream is silent, nothing while the page is hidden: a browser has
 * six connections to a host, and a stream takes one.
 */
export function useLive(): Live {
  const [live, setLive] = useState<Live>({ ...NOTHING, connection: 'connecting', at: null });
  const stopped = paused.value;
  useEffect(() => {
    if (stopped) {
      setLive((before) => ({ ...before, connection: 'paused' }));
      return;
    }
    const watching = new Watching((change) => setLive(change));
    const onVisibility = () => (document.hidden ? watching.stop() : watching.start());
    document.addEventListener('visibilitychange', onVisibility);
    onVisibility();
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      watching.stop();
    };
  }, [stopped]);
  return live;
}

class Watching {
  private source: EventSource | null = null;
  private timers: ReturnType<typeof setInterval>[] = [];
  private lastFrame = 0;
  /** The bins that came while whole answers are on their way; each answer has a list of its own. */
  private readonly meanwhile = new Set<LiveFrame['bins'][]>();

  constructor(private readonly tell: (change: (before: Live) => Live) => void) {}

  start(): void {
    this.stop();
    this.lastFrame = performance.now();
    this.tell((before) => ({ ...before, connection: 'connecting' }));
    void this.renew();
    this.source = new EventSource('/live/stream');
    this.source.onmessage = ({ data }: MessageEvent<string>) => this.take(JSON.parse(data) as LiveFrame);
    this.source.onerror = () => this.tell((before) => ({ ...before, connection: 'lost' }));
    this.timers = [
      setInterval(() => void this.pollIfSilent(), POLL_MS),
      setInterval(() => void this.renew(), RENEW_MS),
    ];
  }

  stop(): void {
    this.source?.close();
    this.source = null;
    for (const timer of this.timers.splice(0)) clearInterval(timer);
  }

  private take({ bins }: LiveFrame): void {
    this.lastFrame = performance.now();
    for (const frames of this.meanwhile) frames.push(bins);
    this.tell((before) => ({ ...withBins(before, bins), connection: 'connected', at: Date.now() }));
  }

  private async pollIfSilent(): Promise<void> {
    const silent = performance.now() - this.lastFrame > SILENCE_MS;
    // A browser gives up a stream that was answered with an error.
    if (silent || this.source?.readyState === EventSource.CLOSED) await this.renew('polling');
  }

  private async renew(connection?: Connection): Promise<void> {
    const { source } = this;
    const frames: LiveFrame['bins'][] = [];
    this.meanwhile.add(frames);
    try {
      const data = await get('/live/data');
      if (source !== null && source !== this.source) return;
      this.tell((before) => ({
        ...withData(data, frames),
        connection: connection ?? before.connection,
        at: Date.now(),
      }));
    } catch {
      this.tell((before) => ({ ...before, connection: 'lost' }));
    } finally {
      this.meanwhile.delete(frames);
    }
  }
}
