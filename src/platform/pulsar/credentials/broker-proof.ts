import { Clock } from '../../clock/clock.js';
import { ConnectionError } from '../reconnect-delays.js';
import type { ClientCertificate } from './certificates.js';
import { endOf, tokenOf, type GivenToken } from './token-source.js';

export interface ProofSources {
  readonly token?: GivenToken;
  /** Asked for each connection, since it may be replaced. */
  readonly certificate?: (() => ClientCertificate) | null;
}

/** The name of the method in Pulsar's binary protocol. */
export interface SignIn {
  readonly auth_method_name?: 'token' | 'tls';
  readonly auth_data?: Buffer;
}

const clock = new Clock();

/** Proves to a broker who we are, on one connection. */
export class BrokerProof {
  private constructor(
    private readonly sources: ProofSources,
    /** Shown in the TLS handshake; without a token it is all the proof. */
    readonly certificate: ClientCertificate | null,
    private token: string | null,
  ) {}

  /** @throws ConnectionError when there should be a proof and is none */
  static async gather(sources: ProofSources): Promise<BrokerProof> {
    const certificate = await available(() => sources.certificate?.() ?? null);
    return new BrokerProof(sources, certificate, await available(() => tokenOf(sources.token ?? null)));
  }

  /** The proof for CONNECT. */
  first(): SignIn {
    if (this.token !== null) return { auth_method_name: 'token', auth_data: Buffer.from(this.token) };
    return this.certificate === null ? {} : { auth_method_name: 'tls' };
  }

  /** A new proof for a broker that no longer takes the one before. @throws ConnectionError */
  async again(): Promise<SignIn> {
    this.token = await available(() => tokenOf(this.sources.token ?? null));
    if (this.token === null && this.certificate === null)
      throw new ConnectionError('the broker asks for a token: set PULSAR_TOKEN', true);
    return this.first();
  }

  /** A broker says no more of an expired token than that it does not take it. */
  flaw(): string {
    const end = endOf(this.token ?? '');
    return end !== null && end <= clock.now() ? ` (the token expired at ${new Date(end).toISOString()})` : '';
  }
}

async function available<T>(ask: () => T | Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof ConnectionError ? error : new ConnectionError((error as Error).message);
  }
}
