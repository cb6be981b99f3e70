export interface Frame {
  readonly address: string;
  /** Whether the page is of our own origin, so that we can look into it. */
  readonly own: boolean;
}

/** The rights of a frame. Scripts of our own origin could do whatever the person who is signed in may do, so they do not run. */
export const sandboxOf = ({ own }: Frame): string => (own ? 'allow-same-origin' : 'allow-scripts allow-same-origin');

/** The tracker in a window of this name says nothing: an analyst who looks at a page is no visitor. */
export const SILENT_FRAME = 'monitoreo-heatmap';

/**
 * Where a page may be shown from, best first. A path without an origin is of our own, else of the only origin that is listed.
 *
 * @param own our origin. @param listed origins of other pages that may be framed
 */
export function framesOf(page: string, own: string, listed: readonly string[]): readonly Frame[] {
  if (/^\/(?![/\\])/.test(page)) {
    const others = listed.filter((origin) => origin !== own);
    return [
      { address: new URL(page, own).href, own: true },
      ...(others.length === 1 ? framesOf(new URL(page, others[0]).href, own, listed) : []),
    ];
  }
  if (!/^https?:\/\//i.test(page) || !URL.canParse(page)) return [];
  const { origin, href, protocol, username, password } = new URL(page);
  // A page that came encrypted shows no other in its frames.
  if (username !== '' || password !== '' || (own.startsWith('https:') && protocol === 'http:')) return [];
  if (origin === own) return [{ address: href, own: true }];
  return listed.includes(origin) ? [{ address: href, own: false }] : [];
}

/** The origins that a policy lets a page frame. */
export const framedBy = (policy: string): readonly string[] =>
  (/(?:^|;)\s*frame-src\s([^;]*)/.exec(policy)?.[1] ?? '').split(/\s+/).filter((source) => /^https?:/.test(source));

/** Whether an answer is a page that lets its own origin frame it. */
export function letsFrame(headers: Headers): boolean {
  const ancestors = /frame-ancestors\s([^;]*)/.exec(headers.get('content-security-policy') ?? '')?.[1];
  const refuses =
    /deny/i.test(headers.get('x-frame-options') ?? '') || (ancestors !== undefined && /'none'/.test(ancestors));
  return (headers.get('content-type') ?? '').startsWith('text/html') && !refuses;
}
