/** Pages of other origins that may ask, never with a cookie. */
export class CorsOrigins {
  private constructor(private readonly origins: ReadonlySet<string> | 'all') {}

  /** @param text `*` for pages of every origin, or as for `parse`. @throws Error saying what it should be */
  static parseOrAll(text: string): CorsOrigins {
    return text === '*' ? new CorsOrigins('all') : CorsOrigins.parse(text);
  }

  /** @param text origins, separated by commas. @throws Error saying what it should be */
  static parse(text: string): CorsOrigins {
    return new CorsOrigins(new Set(parseOrigins(text)));
  }

  /** Whether somebody wrote down which. */
  get areNamed(): boolean {
    return this.origins !== 'all';
  }

  /** The origin that an answer to a page names as allowed; null when that page is not. */
  allowing(origin: string): string | null {
    if (this.origins === 'all') return '*';
    return this.origins.has(origin) ? origin : null;
  }
}

/** @param text origins, separated by commas. @throws Error saying what it should be */
export function parseOrigins(text: string): readonly string[] {
  const origins = text.split(',').map((one) => one.trim());
  for (const origin of origins) {
    // `null` is what pages of unknown origin send, and `*` would be everybody.
    if (!/^https?:/.test(origin) || !URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new Error('origins as browsers send them, separated by commas, such as https://panel.example');
    }
  }
  return origins;
}

/** @throws Error saying what it should be */
export function checkTrackerOrigins(text: string): string {
  CorsOrigins.parseOrAll(text);
  return text;
}
