/** The token that proves who we are, as it is now; null: there is none. Each connection asks for it, because it may be replaced. */
export type TokenSource = () => string | null | Promise<string | null>;

/** The token as adapters take it: one that never changes stands for itself. */
export type GivenToken = string | null | TokenSource;

/** @throws ConnectionError when there should be one and is none */
export const tokenOf = async (given: GivenToken): Promise<string | null> =>
  typeof given === 'function' ? given() : given;

/** When a JWT (RFC 7519) ends, epoch milliseconds; null: it is none, or never ends. Nothing in it is verified. */
export function endOf(token: string): number | null {
  try {
    const [, claims = ''] = token.split('.');
    const { exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { exp?: unknown };
    return typeof exp === 'number' ? exp * 1000 : null;
  } catch {
    return null;
  }
}
