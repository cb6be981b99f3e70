/** Pages of other origins that may ask, with a key of their own and never with a cookie. */
export class CorsOrigins {
  private constructor(private readonly origins: ReadonlySet<string>) {}

  /** @param text origins, separated by commas. @throws Error saying what it should be */
  static parse(text: string): CorsOrigins {
    const origins = text.split(',').map((one) => one.trim());
    for (const origin of origins) {
      // `null` is what pages of unknown origin send, and `*` would be everybody.
      if (!/^https?:/.test(origin) || !URL.canParse(origin) || new URL(origin).origin !== origin) {
        throw new Error('origins as browsers send them, separated by commas, such as https://panel.example');
      }
    }
    return new CorsOrigins(new Set(origins));
  }

  has(origin: string | undefined): boolean {
    return origin !== undefined && this.origins.has(origin);
  }
}
