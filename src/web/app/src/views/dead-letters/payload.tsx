import { useState } from 'preact/hooks';
import type { DeadLetterDetails } from '../../../../../dead-letters/application/answers/dead-letter.answer.js';
import { number, t } from '../../language/language.js';

const HEX_BYTES = 4096;
const PER_LINE = 16;

const hex = (byte: number, digits = 2) => byte.toString(16).padStart(digits, '0');

function hexLines(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0)).slice(0, HEX_BYTES);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += PER_LINE) {
    const part = [...bytes.slice(at, at + PER_LINE)];
    const text = part.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '·')).join('');
    lines.push(
      `${hex(at, 6)}  ${part
        .map((byte) => hex(byte))
        .join(' ')
        .padEnd(PER_LINE * 3)} ${text}`,
    );
  }
  return lines.join('\n');
}

/** The bytes as they were sent; the field that the error names stands out. */
export function Payload({ letter }: { letter: DeadLetterDetails }) {
  const { payload_text: text, payload_base64, payload_bytes, detail } = letter;
  const [asHex, setAsHex] = useState(text === null);
  const field = /^([\w.]+)[: ]/.exec(detail ?? '')?.[1];
  const at = field === undefined || text === null ? -1 : text.indexOf(`"${field}"`);
  return (
    <>
      <div class="row">
        <span class="sub">{t('bytes', { n: number(payload_bytes) })}</span>
        <span class="seg" role="group" aria-label={t('bytes', { n: number(payload_bytes) })}>
          <button aria-pressed={!asHex} disabled={text === null} onClick={() => setAsHex(false)}>
            {t('asText')}
          </button>
          <button aria-pressed={asHex} onClick={() => setAsHex(true)}>
            {t('asHex')}
          </button>
        </span>
      </div>
      <pre tabIndex={0} class="payload">
        {asHex || text === null ? (
          hexLines(payload_base64)
        ) : at < 0 ? (
          text
        ) : (
          <>
            {text.slice(0, at)}
            <mark>{text.slice(at, at + field!.length + 2)}</mark>
            {text.slice(at + field!.length + 2)}
          </>
        )}
      </pre>
    </>
  );
}

/** The text that a correction begins with. */
export function draftOf({ payload_text: text }: DeadLetterDetails): string {
  try {
    return JSON.stringify(JSON.parse(text ?? ''), null, 2);
  } catch {
    return text ?? '{}';
  }
}
