import type { Totals } from './stream.js';

const OWN_LINE_EVERY_S = 5;
const number = (value: number) => value.toLocaleString('en-US');

/** `published 150 · confirmed 148 · 50/s · clicks 130, conversions 12, sales 6` */
export function progressLine(totals: Totals, seconds: number): string {
  const { published, confirmed, failed, byType } = totals;
  const parts = [
    `published ${number(published)}`,
    `confirmed ${number(confirmed)}`,
    `${number(seconds > 0 ? Math.round(confirmed / seconds) : 0)}/s`,
    `clicks ${number(byType.click)}, conversions ${number(byType.conversion)}, sales ${number(byType.sale)}`,
  ];
  if (failed > 0) parts.push(`failed ${number(failed)}`);
  return parts.join(' · ');
}

/** One line that rewrites itself on a terminal; elsewhere a line every five seconds. Answers what ends it with the last line. */
export function showProgress(totals: () => Totals, out: NodeJS.WriteStream): () => void {
  const start = performance.now();
  const line = () => progressLine(totals(), (performance.now() - start) / 1000);
  const write = () => void out.write(out.isTTY ? `\r\x1b[K${line()}` : `${line()}\n`);
  const timer = setInterval(write, out.isTTY ? 500 : OWN_LINE_EVERY_S * 1000);
  return () => {
    clearInterval(timer);
    write();
    if (out.isTTY) out.write('\n');
  };
}
