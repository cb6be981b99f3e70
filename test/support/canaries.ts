import { randomBytes } from 'node:crypto';

/** 144 random bits, 24 characters. */
const CORE_BYTES = 18;
/** Shown around what was found. */
const AROUND = 100;

/** Where a secret was looked for, and where it stood. */
export interface CanariesSeen {
  readonly canaries: number;
  /** Characters that were looked through, by where they stood. */
  readonly looked: Readonly<Record<string, number>>;
  /** `what in where`, with what stood around it the first time. */
  readonly hits: readonly string[];
  /** The places that should have been looked through and could not be, and why. */
  readonly missed: readonly string[];
}

interface Canary {
  readonly what: string;
  readonly forms: readonly string[];
}

/** Secrets that can be recognised wherever they turn up, also in part, and all the texts that were looked through for them. */
export class Canaries {
  private readonly known: Canary[] = [];
  private readonly looked: Record<string, number> = {};
  private readonly hits = new Map<string, string>();
  private readonly missed = new Set<string>();

  /** A new secret, which names what it is of. */
  make(what: string): string {
    const core = randomBytes(CORE_BYTES).toString('base64url');
    return this.add(what, `canary-of-${what.replaceAll(' ', '-').toLowerCase()}-${core}`, core);
  }

  /**
   * A secret that somebody else made. Nothing is searched for it before.
   *
   * @param core a part of it that nothing else holds: whoever shows a piece of the secret shows that
   */
  add(what: string, secret: string, core = secret): string {
    this.known.push({ what, forms: formsOf(core) });
    return secret;
  }

  look(where: string, text: string): void {
    this.looked[where] = (this.looked[where] ?? 0) + text.length;
    for (const { what, forms } of this.known) {
      const form = forms.find((written) => text.includes(written));
      if (form === undefined) continue;
      const hit = `${what} in ${where}`;
      if (!this.hits.has(hit)) this.hits.set(hit, around(text, form));
    }
  }

  /** What could not be looked through counts as much as a hit. */
  miss(what: string): void {
    this.missed.add(what);
  }

  /** The same secrets, and nothing looked through yet: for faults that are planted. */
  apart(): Canaries {
    const apart = new Canaries();
    apart.known.push(...this.known);
    return apart;
  }

  seen(): CanariesSeen {
    return {
      canaries: this.known.length,
      looked: { ...this.looked },
      hits: [...this.hits].map(([hit, text]) => `${hit}: ${text}`),
      missed: [...this.missed],
    };
  }
}

/** A text as it is, and as it could be written down: in hexadecimal, in an address, and in base64 wherever it stands in what is encoded. */
export function formsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  const inBase64 = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // The characters at both ends also hold bits of the neighbours.
    return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  const written = [...inBase64, ...inBase64.map((one) => one.replaceAll('+', '-').replaceAll('/', '_'))];
  return [...new Set([text, bytes.toString('hex'), encodeURIComponent(text), ...written])];
}

function around(text: string, form: string): string {
  const at = text.indexOf(form);
  return JSON.stringify(text.slice(Math.max(0, at - AROUND), at + form.length + AROUND));
}
