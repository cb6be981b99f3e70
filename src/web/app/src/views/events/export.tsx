import { useRef, useState } from 'preact/hooks';
import { exported } from '../../api/client.js';
import type { Parameters } from '../../api/client.js';
import { number, t } from '../../language/language.js';
import { offer } from '../../parts/offer.js';

const FORMATS = [
  { word: 'exportCsv', accept: 'text/csv', file: 'events.csv', header: 1 },
  { word: 'exportNdjson', accept: 'application/x-ndjson', file: 'events.ndjson', header: 0 },
] as const;
const NEW_LINE = 10;

/** All that matches as a file, with what has come so far. */
export function Export({ parameters }: { parameters: Parameters }) {
  const [statusText, setStatusText] = useState('');
  const running = useRef<AbortController | null>(null);
  const save = async ({ accept, file, header }: (typeof FORMATS)[number]) => {
    running.current?.abort();
    const mine = (running.current = new AbortController());
    try {
      const response = await exported(parameters, accept, mine.signal);
      const parts: BlobPart[] = [];
      let [bytes, lines] = [0, 0];
      const reader = response.body!.getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        parts.push(part.value);
        bytes += part.value.length;
        lines += part.value.reduce((sum, byte) => sum + (byte === NEW_LINE ? 1 : 0), 0);
        setStatusText(
          t('exporting', { events: number(Math.max(0, lines - header)), kb: number(Math.round(bytes / 1000)) }),
        );
      }
      offer(new Blob(parts, { type: accept }), file);
      setStatusText(t('exported', { events: number(Math.max(0, lines - header)) }));
    } catch (error) {
      if (!mine.signal.aborted) setStatusText(t('exportFailed', { reason: (error as Error).message }));
    }
  };
  return (
    <span class="row">
      {FORMATS.map((format) => (
        <button class="btn" onClick={() => void save(format)}>
          {t(format.word)}
        </button>
      ))}
      <span class="sub" role="status">
        {statusText}
      </span>
    </span>
  );
}
